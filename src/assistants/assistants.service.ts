import { ConflictException, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { assistantIdOf } from '../graphs/assistant.id.js';
import { GraphRegistry } from '../graphs/graph.registry.js';
import type { Page } from '../http/page.js';
import { ReadReplica, type ReadOptions } from '../persistence/replica/read.replica.js';
import { rowOf } from '../persistence/row.js';
import { isUniqueViolation } from '../persistence/unique-violation.js';
import { AssistantThreadsRemover } from './assistant-threads.remover.js';
import { AssistantVersion, currentVersionOf } from './assistant-version.entity.js';
import { failToFind, refuseSystemAssistant, requireGraph } from './assistant.checks.js';
import { storableConfig } from './assistant.config.js';
import { Assistant, foldName } from './assistant.entity.js';
import { pageOfAssistants, selectAssistants } from './assistant.query.js';
import type { CreateAssistant } from './dto/create-assistant.dto.js';
import type { CountAssistants, SearchAssistants } from './dto/search-assistants.dto.js';
import { SystemAssistantRegistrar } from './system-assistant.registrar.js';

/** The use cases of assistants. Every query is scoped by the decision of the event that led here. */
@Injectable()
export class AssistantsService {
  constructor(
    @InjectRepository(Assistant) private readonly assistants: Repository<Assistant>,
    private readonly graphs: GraphRegistry,
    private readonly systemAssistants: SystemAssistantRegistrar,
    private readonly threads: AssistantThreadsRemover,
    private readonly replica: ReadReplica,
  ) {}

  /**
   * @throws GraphNotFoundError for a graph that this server does not have
   * @throws ConflictException when the id is taken, unless `do_nothing` and the assistant is visible
   */
  async create(input: CreateAssistant): Promise<Assistant> {
    requireGraph(this.graphs, input.graph_id);
    const assistant = newAssistant(input);
    try {
      await this.insert(assistant);
      return assistant;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const existing = input.if_exists === 'do_nothing' ? await this.find(input.assistant_id) : null;
      if (existing) return existing;
      throw new ConflictException('Assistant already exists');
    }
  }

  find(assistantId: string): Promise<Assistant | null> {
    return this.assistants.findOneBy({ assistant_id: assistantId });
  }

  /** @throws NotFoundException when there is no such assistant, or none that is visible */
  async get(assistantId: string): Promise<Assistant> {
    return (await this.find(assistantId)) ?? failToFind();
  }

  /**
   * The assistant that a run or a cron may use: one that is visible, or a graph's system assistant, which everybody may run
   * whatever the filter says. Null when there is neither.
   *
   * @param assistantId or the id of a graph
   * @example authorizer.within('assistants:read', { assistant_id }, () => assistants.runnable(assistant_id))
   */
  async runnable(assistantId: string): Promise<Assistant | null> {
    const id = assistantIdOf(assistantId);
    // Nobody can change a system assistant while the server runs, so its row need not be read for every run.
    return this.systemAssistants.find(id) ?? (await this.find(id));
  }

  search(search: SearchAssistants, options: ReadOptions = {}): Promise<Page<Assistant>> {
    return this.replica.read(this.assistants, options, (assistants) => pageOfAssistants(assistants, search));
  }

  count(criteria: CountAssistants, options: ReadOptions = {}): Promise<number> {
    return this.replica.read(this.assistants, options, (assistants) =>
      selectAssistants(assistants, criteria).getCount(),
    );
  }

  /**
   * Deletes an assistant with its versions. Its runs and threads stay, unless `withThreads`: then the visible threads that
   * ran on it go first.
   */
  async delete(assistantId: string, { withThreads }: { readonly withThreads: boolean }): Promise<void> {
    refuseSystemAssistant(await this.get(assistantId));
    if (withThreads) await this.threads.remove(assistantId);
    const { affected } = await this.assistants.delete({ assistant_id: assistantId });
    if (affected !== 1) failToFind();
  }

  private insert(assistant: Assistant): Promise<void> {
    return this.assistants.manager.transaction(async (manager) => {
      await manager.insert(Assistant, rowOf<Assistant>(assistant));
      await manager.insert(AssistantVersion, rowOf<AssistantVersion>(currentVersionOf(assistant)));
    });
  }
}

function newAssistant(input: CreateAssistant): Assistant {
  const { assistant_id, graph_id, config, context, metadata, name, description } = input;
  const now = new Date();
  return Object.assign(new Assistant(), {
    assistant_id,
    graph_id,
    config: storableConfig(config),
    context,
    created_at: now,
    updated_at: now,
    metadata,
    version: 1,
    last_version: 1,
    name,
    folded_name: foldName(name),
    description,
  });
}
