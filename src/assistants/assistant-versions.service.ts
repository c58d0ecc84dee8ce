import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { GraphRegistry } from '../graphs/graph.registry.js';
import { whereContains } from '../persistence/containment/containment.query.js';
import { rowOf } from '../persistence/row.js';
import { AssistantVersion, currentVersionOf } from './assistant-version.entity.js';
import { failToFind, refuseSystemAssistant, requireGraph } from './assistant.checks.js';
import { storableConfig } from './assistant.config.js';
import { Assistant, foldName, type AssistantState } from './assistant.entity.js';
import { AssistantsService } from './assistants.service.js';
import type { ListVersions, SetLatestVersion } from './dto/assistant-versions.dto.js';
import type { UpdateAssistant } from './dto/update-assistant.dto.js';

type Change = (assistant: Assistant, manager: EntityManager) => Promise<Assistant>;

/** Changes of assistants, each of which is kept as a version. */
@Injectable()
export class AssistantVersionsService {
  constructor(
    @InjectRepository(AssistantVersion) private readonly versions: Repository<AssistantVersion>,
    private readonly assistants: AssistantsService,
    private readonly graphs: GraphRegistry,
  ) {}

  /** Makes a new version out of the current one and the change, even if that is empty, and makes it the current one. */
  async update(change: UpdateAssistant): Promise<Assistant> {
    if (change.graph_id !== undefined) requireGraph(this.graphs, change.graph_id);
    return this.exclusively(change.id, async (assistant, manager) => {
      const version = assistant.last_version + 1;
      const changed = await save(manager, assistant, {
        ...stateAfter(assistant, change),
        version,
        last_version: version,
      });
      await manager.insert(AssistantVersion, rowOf<AssistantVersion>(currentVersionOf(changed)));
      return changed;
    });
  }

  /**
   * The visible versions of a visible assistant, newest first.
   *
   * @throws NotFoundException when there are none
   */
  async list({ id, metadata, limit, offset }: ListVersions): Promise<readonly AssistantVersion[]> {
    await this.assistants.get(id);
    const query = this.versions.createQueryBuilder('kept').where('kept.assistant_id = :id', { id });
    if (metadata) whereContains(query, 'metadata', metadata);
    const versions = await query.orderBy('kept.version', 'DESC').offset(offset).limit(limit).getMany();
    return versions.length > 0 ? versions : failToFind();
  }

  /** Goes back (or forth) to a version that exists, without making a new one. @throws NotFoundException */
  setLatest({ id, version }: SetLatestVersion): Promise<Assistant> {
    return this.exclusively(id, async (assistant, manager) => {
      const kept = await manager.findOneBy(AssistantVersion, { assistant_id: id, version });
      if (!kept) throw new NotFoundException('Assistant version not found');
      const { graph_id, config, context, metadata, name, description } = kept;
      return save(manager, assistant, { graph_id, config, context, metadata, name, description, version });
    });
  }

  /**
   * Runs a change while nobody else changes the assistant. The transaction starts with an UPDATE, which locks the row on both
   * databases; what is read after it is what the last change has left.
   */
  private exclusively(assistantId: string, change: Change): Promise<Assistant> {
    return this.versions.manager.transaction(async (manager) => {
      const own = { assistant_id: assistantId };
      const { affected } = await manager.update(Assistant, own, rowOf<Assistant>({ updated_at: new Date() }));
      const assistant = affected === 1 ? await manager.findOneBy(Assistant, own) : null;
      if (!assistant) return failToFind();
      refuseSystemAssistant(assistant);
      return change(assistant, manager);
    });
  }
}

function stateAfter(assistant: Assistant, change: UpdateAssistant): AssistantState {
  return {
    graph_id: change.graph_id ?? assistant.graph_id,
    config: change.config ? storableConfig(change.config) : assistant.config,
    context: change.context ?? assistant.context,
    metadata: { ...assistant.metadata, ...change.metadata },
    name: change.name ?? assistant.name,
    description: change.description ?? assistant.description,
  };
}

async function save(
  manager: EntityManager,
  assistant: Assistant,
  state: AssistantState & Pick<Assistant, 'version'> & Partial<Pick<Assistant, 'last_version'>>,
): Promise<Assistant> {
  const change = { ...state, folded_name: foldName(state.name), updated_at: new Date() };
  await manager.update(Assistant, { assistant_id: assistant.assistant_id }, rowOf<Assistant>(change));
  return Object.assign(assistant, change);
}
