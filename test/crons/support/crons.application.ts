import { randomBytes } from 'node:crypto';
import type { AppOptions } from '../../../src/app.module.js';
import { Cron } from '../../../src/crons/cron.entity.js';
import { CronSignals } from '../../../src/crons/cron.signals.js';
import { runAsSystem } from '../../../src/on-auth/index.js';
import { rowOf } from '../../../src/persistence/row.js';
import { Run } from '../../../src/runs/run.entity.js';
import { DataSource, type EntityManager } from 'typeorm';
import type { Answer, Caller } from '../../support/application.js';
import type { TestDatabase } from '../../support/databases.js';
import { objectOf, startRuns, type RunsApplication } from '../../runs/api/runs.application.js';

const WEBHOOK_SECRET = `whsec_${randomBytes(32).toString('base64')}`;
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const HELLO = { messages: [{ role: 'human', content: 'hello' }] };
/** Fires on New Year's Day: not while a test runs, unless it is told to. */
export const YEARLY = { assistant_id: 'chat', schedule: '0 0 1 1 *', input: HELLO };

/** A cron as it comes over the wire. */
export interface CronBody {
  readonly cron_id: string;
  readonly assistant_id: string;
  readonly thread_id: string | null;
  readonly on_run_completed: string | null;
  readonly end_time: string | null;
  readonly schedule: string;
  readonly timezone: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly user_id: string;
  readonly payload: Record<string, unknown> & { readonly metadata: Record<string, unknown> };
  readonly next_run_date: string | null;
  readonly metadata: Record<string, unknown>;
  readonly enabled: boolean;
  readonly last_fired_at: string | null;
  readonly last_error: { readonly at: string; readonly status: number; readonly detail: string } | null;
}

/** The whole application, and ways to look at crons and to turn their clock. */
export interface CronsApplication extends RunsApplication {
  readonly cronOf: (caller: Caller, body?: object, threadId?: string) => Promise<CronBody>;
  readonly read: (caller: Caller, cronId: string) => Promise<CronBody>;
  /** Makes an occurrence that was due some time ago, and has it noticed. */
  readonly makeDue: (cronId: string, ago?: number, change?: Partial<Cron>) => Promise<void>;
  /** Makes it due, and gives the cron once that occurrence is over. */
  readonly fire: (caller: Caller, cronId: string, ago?: number) => Promise<CronBody>;
  /** The runs that came of a cron, oldest first. */
  readonly runsOf: (cronId: string) => Promise<Run[]>;
  readonly asSystem: <T>(work: (manager: EntityManager) => Promise<T>) => Promise<T>;
}

export async function startCrons(
  database: TestDatabase,
  options: Partial<AppOptions> = {},
): Promise<CronsApplication> {
  const server = await startRuns(database, { environment: { WEBHOOK_SECRET }, ...options });
  const asSystem: CronsApplication['asSystem'] = (work) =>
    runAsSystem('a test', () => work(server.app.get(DataSource).manager));
  const read = async (caller: Caller, cronId: string) => cronIn(await caller('GET', `/runs/crons/${cronId}`));
  const makeDue: CronsApplication['makeDue'] = async (cron_id, ago = 0, change = {}) => {
    const at = Date.now() - ago;
    await asSystem((manager) =>
      manager.update(Cron, { cron_id }, rowOf<Cron>({ ...change, next_run_date: new Date(at) })),
    );
    server.app.get(CronSignals).publish(at);
  };
  return {
    ...server,
    asSystem,
    read,
    makeDue,
    cronOf: async (caller, body = {}, threadId) => {
      const path = threadId === undefined ? '/runs/crons' : `/threads/${threadId}/runs/crons`;
      return cronIn(await caller('POST', path, { ...YEARLY, ...body }));
    },
    fire: async (caller, cronId, ago) => {
      await makeDue(cronId, ago);
      let cron = await read(caller, cronId);
      for (let waited = 0; isDue(cron) && waited < 10_000; waited += 25) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        cron = await read(caller, cronId);
      }
      if (isDue(cron)) throw new Error(`the cron did not fire: ${JSON.stringify(cron)}`);
      return cron;
    },
    runsOf: async (cronId) => {
      const runs = await asSystem((manager) =>
        manager.find(Run, { order: { created_at: 'ASC', run_id: 'ASC' } }),
      );
      return runs.filter(({ metadata }) => metadata.cron_id === cronId);
    },
  };
}

export function cronIn(answer: Answer): CronBody {
  if (answer.status !== 200) throw new Error(`no cron: ${answer.status} ${answer.text}`);
  return objectOf(answer) as unknown as CronBody;
}

function isDue({ next_run_date }: CronBody): boolean {
  return next_run_date !== null && Date.parse(next_run_date) <= Date.now();
}
