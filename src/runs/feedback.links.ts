import { Injectable, Logger } from '@nestjs/common';
import { Configuration } from '../configuration/configuration.js';
import type { Run } from './run.entity.js';

/** Feedback key -> the address under which whoever has it may leave that feedback. */
export type FeedbackAddresses = Readonly<Record<string, string>>;

const PATIENCE_MS = 5_000;
/** How long an address can be used. */
const VALIDITY = Object.freeze({ hours: 3 });

/** Asks LangSmith for addresses where the users of a run can say what they think of it (contract 3.1, `feedback_keys`). */
@Injectable()
export class FeedbackLinks {
  private readonly logger = new Logger(FeedbackLinks.name);

  constructor(private readonly configuration: Configuration) {}

  /**
   * Never throws: a run is none the worse for lack of an address.
   * @returns nothing when the run asks for none, no LangSmith is configured, or it does not answer
   */
  async of(run: Run): Promise<FeedbackAddresses | undefined> {
    const { apiKey } = this.configuration.langsmith;
    const keys = run.kwargs.feedback_keys;
    if (!apiKey || !Array.isArray(keys) || keys.length === 0) return undefined;
    try {
      const asked = keys.map(String);
      const addresses = asked.map((key) => this.address(run.run_id, key, apiKey.reveal()));
      const given = await Promise.all(addresses);
      return Object.fromEntries(asked.map((key, place) => [key, given[place]]));
    } catch (error) {
      const reason = error instanceof Error ? error.message : typeof error;
      this.logger.warn(`There is no address for feedback on run ${run.run_id}: ${reason}`);
      return undefined;
    }
  }

  private async address(runId: string, key: string, apiKey: string): Promise<string> {
    const { endpoint } = this.configuration.langsmith;
    const response = await fetch(`${endpoint.href.replace(/\/$/, '')}/feedback/tokens`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ run_id: runId, feedback_key: key, expires_in: VALIDITY }),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) throw new Error(`LangSmith answered ${response.status}`);
    return addressOf(await response.json());
  }
}

function addressOf(token: unknown): string {
  const url = typeof token === 'object' && token !== null && 'url' in token ? token.url : undefined;
  if (typeof url !== 'string' || !URL.canParse(url)) throw new Error('LangSmith answered without an address');
  return url;
}
