import type { GraphRunRequest, StreamMode } from '../../../graphs/execution/run.request.js';
import type { Run } from '../../run.entity.js';
import type { RunKwargs } from '../../run.kwargs.js';

/** Announces every checkpoint; see `StepTracker`. */
const TRACKED: StreamMode = 'checkpoints';

/** What the graph is run with: as the run was requested, as its recorded principal, and where the server says it runs. */
export function graphRunRequest(
  run: Run,
  signal: AbortSignal,
  beforeSave: () => Promise<void>,
): GraphRunRequest {
  const kwargs = kwargsOf(run);
  const { input, command, context, interrupt_before, interrupt_after, durability, subgraphs } = kwargs;
  return {
    graphId: run.graph_id,
    input,
    ...(command && { command }),
    ...(context && { context }),
    config: configOf(run, kwargs),
    streamModes: run.resumable ? [...new Set([...kwargs.stream_mode, TRACKED])] : kwargs.stream_mode,
    subgraphs,
    ...(interrupt_before && { interruptBefore: interrupt_before }),
    ...(interrupt_after && { interruptAfter: interrupt_after }),
    ...(durability && { durability }),
    signal,
    beforeSave,
    leavesLast: leavesLast(run, kwargs),
    attempt: run.attempt,
  };
}

/** Of a resumable run the events are stored first, and of one that saves in step nothing is left. */
function leavesLast({ resumable }: Run, { durability }: RunKwargs): boolean {
  return !resumable && durability !== 'sync';
}

/** Whether the client asked for the events that a resumable run announces its checkpoints with. */
export function showsCheckpoints(run: Run): boolean {
  return kwargsOf(run).stream_mode.includes(TRACKED);
}

function configOf(run: Run, { config }: RunKwargs): GraphRunRequest['config'] {
  const { run_id, thread_id, graph_id, assistant_id, principal } = run;
  return {
    ...config,
    metadata: { ...run.metadata, ...config.metadata },
    configurable: {
      user_id: principal.identity,
      ...config.configurable,
      run_id,
      thread_id,
      graph_id,
      assistant_id,
      langgraph_auth_user: principal,
      langgraph_auth_user_id: principal.identity,
      langgraph_auth_permissions: principal.permissions,
    },
  };
}

/** Stored by `newRun`, as nothing else. */
function kwargsOf(run: Run): RunKwargs {
  return run.kwargs as unknown as RunKwargs;
}
