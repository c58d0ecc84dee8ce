import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RunCheckpointer } from '../checkpointer/run.checkpointer.js';
import type { UnsavedState } from '../checkpointer/unsaved.state.js';
import { withPersistence } from '../graph.copy.js';
import type { Graph } from '../graph.js';
import { GraphRegistry } from '../graph.registry.js';
import { ChunkTranslator, type GraphChunk } from './chunk.translator.js';
import { toCommand } from './command.parser.js';
import { runOptions, type RunOptions } from './run.options.js';
import type { GraphEvent, GraphRunRequest } from './run.request.js';
import { toJson } from './serialize.js';

/** Runs graphs. */
@Injectable()
export class GraphExecutor {
  constructor(
    private readonly registry: GraphRegistry,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Executes a graph in the authorization scope that is current when it is called, and yields the events of contract
   * sections 3.1 and 3.2: first `metadata`, then what the stream modes ask for. An exception of the graph, and the reason of
   * an aborted signal, is thrown by the iteration; `errorPayload` turns it into the data of an `error` event. To end the
   * iteration early ends the run. Once the iteration has ended, the run writes nothing any more.
   *
   * @throws GraphNotFoundError for an unknown graph id, at the second step of the iteration
   * @example for await (const { event, data } of executor.stream(request)) await events.append(event, data);
   */
  stream(request: GraphRunRequest): AsyncGenerator<GraphEvent, UnsavedState | undefined> {
    return this.events(request, new AsyncResource('GraphRun'));
  }

  private async *events(
    request: GraphRunRequest,
    scope: AsyncResource,
  ): AsyncGenerator<GraphEvent, UnsavedState | undefined> {
    const { config, attempt, signal, durability, beforeSave, leavesLast } = request;
    yield { event: 'metadata', data: { run_id: config.configurable.run_id, attempt } };
    const checkpointer = new RunCheckpointer(this.dataSource, { waits: durability === 'sync', beforeSave });
    try {
      signal.throwIfAborted();
      const stream = await scope.runInAsyncScope(() => this.start(request, checkpointer));
      const translator = new ChunkTranslator(request.streamModes);
      for await (const item of iterateIn(scope, stream)) {
        if ('event' in item) yield item;
        else yield* translator.events(item);
      }
      if (leavesLast) return await checkpointer.remainder();
      await checkpointer.settled();
      return undefined;
    } catch (error) {
      // LangGraph throws an error of its own when it is aborted; the reason says who did it.
      signal.throwIfAborted();
      throw error;
    } finally {
      await checkpointer.close();
    }
  }

  private async start(
    request: GraphRunRequest,
    checkpointer: RunCheckpointer,
  ): Promise<AsyncIterable<GraphChunk | GraphEvent>> {
    const { graphId, config, context, command } = request;
    const access = { accessContext: 'threads.create_run', config, context } as const;
    const graph = withPersistence(await this.registry.get(graphId, access), { checkpointer });
    const input = command ? toCommand(command) : request.input;
    const options = runOptions(request);
    if (request.streamModes.includes('events')) return withEvents(graph, input, options);
    return chunks(await graph.stream(input, options), options);
  }
}

/** LangGraph works on while it is read, in the asynchronous context of the reader: that has to be the scope of the run. */
async function* iterateIn<T>(scope: AsyncResource, iterable: AsyncIterable<T>): AsyncGenerator<T, void> {
  const iterator = iterable[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await scope.runInAsyncScope(() => iterator.next());
      if (step.done) return;
      yield step.value;
    }
  } finally {
    await scope.runInAsyncScope(() => iterator.return?.());
  }
}

async function* chunks(stream: AsyncIterable<unknown>, options: RunOptions): AsyncGenerator<GraphChunk> {
  for await (const chunk of stream) yield parseChunk(chunk, options);
}

/** With stream mode `events`, the chunks come as events of the root graph, among all the others. */
async function* withEvents(
  graph: Graph,
  input: unknown,
  options: RunOptions,
): AsyncGenerator<GraphChunk | GraphEvent> {
  for await (const event of graph.streamEvents(input, { ...options, version: 'v2' })) {
    if (event.event === 'on_chain_stream' && event.run_id === options.runId)
      yield parseChunk(event.data.chunk, options);
    else if (!event.tags?.includes('langsmith:hidden')) yield { event: 'events', data: toJson(event) };
  }
}

/** LangGraph says where only when subgraphs stream too. */
function parseChunk(chunk: unknown, { subgraphs }: RunOptions): GraphChunk {
  const [namespace, mode, payload] = (subgraphs ? chunk : [[], ...(chunk as unknown[])]) as [
    string[],
    string,
    unknown,
  ];
  return { namespace, mode, payload };
}
