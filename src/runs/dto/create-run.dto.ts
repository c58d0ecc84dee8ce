import { Allow, IsBoolean, IsNumber, IsOptional, Length, Max, Min } from 'class-validator';
import { v7 as uuid } from 'uuid';
import { assistantIdOf } from '../../graphs/assistant.id.js';
import type { CheckpointReference } from '../../graphs/execution/graph.state.js';
import {
  STREAM_MODES,
  type Durability,
  type InterruptPoints,
  type RunCommand,
  type StreamMode,
} from '../../graphs/execution/run.request.js';
import type { GraphConfig } from '../../graphs/graph.js';
import { copyOfJson, type JsonObject } from '../../http/json.js';
import { withoutReserved } from '../../http/reserved-metadata.js';
import { routeInput } from '../../http/route.input.js';
import { FieldSchema } from '../../http/schema/field.schema.js';
import { IsId, IsOneOf, IsOneOrListOf, IsOptionalObject } from '../../http/validation.js';
import { idsWithin, type Principal, type RouteIds } from '../../on-auth/index.js';
import { IsCommand } from '../../threads/dto/command.validation.js';
import { allowedConfigurable, checkpointKeys, withPrincipal } from '../run.config.js';
import { MULTITASK_STRATEGIES, type MultitaskStrategy } from '../run.entity.js';
import type { RunKwargs } from '../run.kwargs.js';
import type { ThreadsCreateRunValue } from '../runs.events.js';
import {
  CHECKPOINT_IDS,
  CONFIG_IDS,
  IsCheckpoint,
  IsInterruptPoints,
  IsRunConfig,
  IsTextList,
  IsWebhookUrl,
} from './run.validation.js';

/** A hundred years. */
const MAX_DELAY_SECONDS = 3_155_760_000;

/** The body of every route that creates a run (contract 2.3). As it stands, the run gets a thread of its own. */
export class CreateRun {
  /** Not a field of the body. */
  readonly run_id: string = uuid();

  @FieldSchema({ examples: ['agent'] })
  @Length(1, 512, { message: '$property must be the id of an assistant or of a graph' })
  assistant_id!: string;

  @Allow() input: unknown = null;
  @IsOptional() @IsCommand() command?: RunCommand;
  @IsOptional() @IsRunConfig() config?: GraphConfig;
  @IsOptionalObject() context?: JsonObject;
  @IsOptionalObject() metadata: JsonObject = {};
  @IsOptional() @IsCheckpoint() checkpoint?: CheckpointReference;
  /** The older form of `checkpoint`. */
  @IsOptional() @Length(1, 512, { message: '$property must be a checkpoint id' }) checkpoint_id?: string;

  @IsOptional() @IsWebhookUrl() webhook?: string;
  @IsOptional() @IsInterruptPoints() interrupt_before?: InterruptPoints;
  @IsOptional() @IsInterruptPoints() interrupt_after?: InterruptPoints;
  @IsOneOrListOf(STREAM_MODES) stream_mode: StreamMode | StreamMode[] = 'values';
  @IsBoolean({ message: '$property must be true or false' }) stream_subgraphs = false;
  @IsBoolean({ message: '$property must be true or false' }) stream_resumable = false;
  @IsOneOf(['continue', 'cancel']) on_disconnect: 'continue' | 'cancel' = 'continue';
  @IsOptional() @IsTextList() feedback_keys?: string[];
  @IsOneOf(MULTITASK_STRATEGIES) multitask_strategy: MultitaskStrategy = 'enqueue';
  @IsOneOf(['reject', 'create']) if_not_exists: 'reject' | 'create' = 'reject';

  @IsNumber({}, { message: '$property must be a number of seconds' })
  @Min(0, { message: '$property must not be negative' })
  @Max(MAX_DELAY_SECONDS, { message: `$property must not be above ${MAX_DELAY_SECONDS}` })
  after_seconds = 0;

  /** `complete` and `continue` are what the JavaScript SDK calls them. */
  @IsOneOf(['delete', 'keep', 'complete', 'continue'])
  on_completion: 'delete' | 'keep' | 'complete' | 'continue' = 'delete';
  @IsOptional() @IsOneOf(['sync', 'async', 'exit']) durability?: Durability;
  /** The older form of `durability`: true for `async`, false for `exit`. */
  @IsOptional() @IsBoolean({ message: '$property must be true or false' }) checkpoint_during?: boolean;

  get streamModes(): readonly StreamMode[] {
    return [...new Set([this.stream_mode].flat())];
  }

  get cancelsOnDisconnect(): boolean {
    return this.on_disconnect === 'cancel';
  }
}

/** The same on a thread, which is in the path. */
export class CreateThreadRun extends CreateRun {
  @IsId() thread_id!: string;
}

const IDS: RouteIds = {
  assistant_id: { in: 'body', resource: 'assistants' },
  checkpoint_id: CHECKPOINT_IDS.checkpoint_id,
  ...idsWithin('checkpoint', CHECKPOINT_IDS),
  ...idsWithin('config', CONFIG_IDS),
  // The answers to interrupts, by the interrupt's id.
  'command.resume': { in: 'body', refusal: 'ignored' },
};

export const createRun = routeInput('threads:create_run', {
  type: CreateRun,
  ids: IDS,
  nullable: ['input'],
  value: createRunValue,
  honours: ['metadata'],
});

export const createThreadRun = routeInput('threads:create_run', {
  type: CreateThreadRun,
  ids: { thread_id: 'path', ...IDS },
  nullable: ['input'],
  value: createRunValue,
  honours: ['metadata'],
});

/** What handlers see. A copy, so that nothing but `metadata` of what they change reaches the run. */
export function createRunValue(
  request: CreateRun | CreateThreadRun,
  principal: Principal,
): ThreadsCreateRunValue {
  const { run_id, assistant_id, metadata, multitask_strategy, if_not_exists, after_seconds } = request;
  return {
    ...('thread_id' in request && { thread_id: request.thread_id }),
    assistant_id: assistantIdOf(assistant_id),
    run_id,
    status: 'pending',
    metadata: withoutReserved(metadata),
    prevent_insert_if_inflight: multitask_strategy === 'reject',
    multitask_strategy,
    if_not_exists,
    after_seconds,
    kwargs: withPrincipal(copyOfJson(requestedKwargs(request)), principal),
  };
}

/** What the client asks to run, before anything of assistant, thread and principal is added. */
export function requestedKwargs(request: CreateRun | CreateThreadRun): RunKwargs {
  const { input, command, context, interrupt_before, interrupt_after, webhook, feedback_keys } = request;
  const durability = durabilityOf(request);
  return {
    input,
    ...(command && { command }),
    config: requestedConfig(request),
    ...(context && { context }),
    stream_mode: request.streamModes,
    ...(interrupt_before && { interrupt_before }),
    ...(interrupt_after && { interrupt_after }),
    ...(webhook && { webhook }),
    ...(feedback_keys && { feedback_keys }),
    temporary: !('thread_id' in request) && ['delete', 'complete'].includes(request.on_completion),
    subgraphs: request.stream_subgraphs,
    resumable: request.stream_resumable,
    ...(durability && { durability }),
  };
}

function requestedConfig({ config = {}, checkpoint = {}, checkpoint_id }: CreateRun): RunKwargs['config'] {
  const { tags, recursion_limit, configurable, metadata } = config;
  return {
    ...(tags && { tags }),
    ...(recursion_limit && { recursion_limit }),
    ...(metadata && { metadata }),
    configurable: {
      ...allowedConfigurable(configurable ?? {}),
      ...checkpointKeys({ checkpoint_id, ...checkpoint }),
    },
  };
}

function durabilityOf({ durability, checkpoint_during }: CreateRun): Durability | undefined {
  if (durability || checkpoint_during === undefined) return durability;
  return checkpoint_during ? 'async' : 'exit';
}
