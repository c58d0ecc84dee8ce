import { assistantIdOf } from '../../../src/graphs/assistant.id.js';
import { Rows, type Row } from './rows.js';
import { verdictOn, type Metadata, type Verdict, type Who } from './rules.js';

/** The graph of every run and assistant, and so the name of the one assistant that the server provides. */
export const GRAPH = 'steps';
export const PROVIDED_ID = assistantIdOf(GRAPH);

export interface ThreadRow extends Row {
  /** How often its state was written; each time is a checkpoint. */
  checkpoints: number;
  /** How many steps its state has. */
  steps: number;
}

export interface RunRow extends Row {
  readonly thread_id: string;
  status: 'pending' | 'interrupted';
}

export interface VersionRow {
  readonly version: number;
  readonly metadata: Metadata;
}

export interface AssistantRow extends Row {
  version: number;
  readonly versions: VersionRow[];
}

export interface CronRow extends Row {
  readonly thread_id: string | null;
  assistant_id: string;
  enabled: boolean;
}

/** Of the store; its address is its id. */
export interface ItemRow extends Row {
  readonly namespace: readonly string[];
  readonly key: string;
  readonly value: Metadata;
}

/** What there is in a world, and who reaches what of it: the oracle. It knows nothing of HTTP and nothing of SQL. */
export class Model {
  readonly threads = new Rows<ThreadRow>();
  readonly runs = new Rows<RunRow>();
  readonly assistants = new Rows<AssistantRow>();
  readonly crons = new Rows<CronRow>();
  readonly items = new Rows<ItemRow>();

  constructor() {
    const metadata = { created_by: 'system' };
    // Older than everything else.
    const provided = { id: PROVIDED_ID, metadata, created_at: '', version: 1 };
    this.assistants.add({ ...provided, versions: [{ version: 1, metadata }] });
  }

  runsOf(threadId: string): readonly RunRow[] {
    return this.runs.all().filter(({ thread_id }) => thread_id === threadId);
  }

  /** All runs of a fuzz are to begin much later, so one that was not cancelled is pending. */
  isBusy(threadId: string): boolean {
    return this.runsOf(threadId).some(({ status }) => status === 'pending');
  }

  /** A run as somebody reaches it: only together with its thread. */
  runReachedBy(verdict: Verdict, { id, thread_id }: { id: string; thread_id?: string }): RunRow | undefined {
    const run = this.runs.get(id);
    const thread = run && this.threads.get(run.thread_id);
    if (!thread || !verdict.reaches(thread.metadata)) return undefined;
    return thread_id === undefined || run.thread_id === thread_id ? run : undefined;
  }

  /** With all that hangs on it. */
  removeThread(id: string): void {
    this.threads.remove(id);
    for (const run of this.runsOf(id)) this.runs.remove(run.id);
    for (const cron of this.crons.all()) if (cron.thread_id === id) this.crons.remove(cron.id);
  }

  /** Its runs stay. */
  removeAssistant(id: string): void {
    this.assistants.remove(id);
    for (const cron of this.crons.all()) if (cron.assistant_id === id) this.crons.remove(cron.id);
  }

  /** Of those that match, the ones that somebody also finds the thread of. */
  cronsFound(who: Who, criteria: Metadata): readonly CronRow[] {
    const onThreads = verdictOn(who, 'threads', 'search');
    const threads = new Set(this.threads.found(onThreads).map(({ id }) => id));
    return this.crons
      .found(verdictOn(who, 'crons', 'search'), criteria)
      .filter(({ thread_id }) => thread_id === null || threads.has(thread_id));
  }
}
