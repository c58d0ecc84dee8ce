import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 60_000;

/** Somebody who uses the service while it breaks: answers may fail to come, and are counted. */
export class ChaosClient {
  readonly answers = new Map<string, number>();

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** The answer, once its head is there; undefined where there is none, or only a fault. */
  async open(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<Response | undefined> {
    try {
      const response = await fetch(`${this.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          ...(body && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      this.count(String(response.status));
      if (response.ok) return response;
      await response.body?.cancel();
    } catch {
      this.count('no answer');
    }
    return undefined;
  }

  /** The JSON of an answer; undefined where none came whole. */
  async ask(method: string, path: string, body?: object): Promise<Record<string, unknown> | undefined> {
    const response = await this.open(method, path, body);
    if (!response) return undefined;
    const { text, isWhole } = await this.read(response);
    if (isWhole && text.trim() !== '') return JSON.parse(text) as Record<string, unknown>;
    if (!isWhole) this.count('broken off');
    return undefined;
  }

  /** Asks again and again. */
  async insist(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    for (;;) {
      const answer = await this.ask(method, path, body);
      if (answer) return answer;
      await sleep(200);
    }
  }

  /** @param leavesAfter milliseconds, for a reader who does not stay */
  async read(response: Response, leavesAfter?: number): Promise<{ text: string; isWhole: boolean }> {
    if (!response.body) return { text: '', isWhole: true };
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    const leaving = leavesAfter === undefined ? undefined : setTimeout(() => void leave(reader), leavesAfter);
    let left = false;
    const leave = async (leaver: ReadableStreamDefaultReader<Uint8Array>) => {
      left = true;
      await leaver.cancel().catch(() => undefined);
    };
    let text = '';
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return { text, isWhole: !left };
        text += decoder.decode(value, { stream: true });
      }
    } catch {
      return { text, isWhole: false };
    } finally {
      clearTimeout(leaving);
    }
  }

  private count(answer: string): void {
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
  }
}
