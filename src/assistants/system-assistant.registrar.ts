import { Inject, Injectable, Optional, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import { GraphRegistry } from '../graphs/graph.registry.js';
import { runAsSystem } from '../on-auth/index.js';
import { rowOf } from '../persistence/row.js';
import { AssistantVersion, currentVersionOf } from './assistant-version.entity.js';
import { Assistant } from './assistant.entity.js';
import { GRAPH_DEFAULTS, type GraphDefaults } from './graph.defaults.js';
import { systemAssistantFor, type SystemAssistantState } from './system-assistant.js';

/**
 * Gives every registered graph its system assistant at boot, and knows them from then on, so that a run finds one without
 * looking past its creator's filter.
 */
@Injectable()
export class SystemAssistantRegistrar implements OnApplicationBootstrap {
  private readonly registered = new Map<string, Assistant>();

  constructor(
    @InjectRepository(Assistant) private readonly assistants: Repository<Assistant>,
    private readonly graphs: GraphRegistry,
    @Optional() @Inject(GRAPH_DEFAULTS) private readonly defaults: GraphDefaults = {},
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await runAsSystem('give every graph its system assistant', async () => {
      for (const graphId of this.graphs.ids) {
        const wanted = systemAssistantFor(graphId, this.defaults[graphId]);
        this.registered.set(wanted.assistant_id, await this.register(wanted));
      }
    });
  }

  find(assistantId: string): Assistant | undefined {
    return this.registered.get(assistantId);
  }

  /**
   * Makes the rows what they should be, whatever was there: nothing, the same from another process or an earlier boot, older
   * defaults, or an assistant that somebody created under this id before the server knew the graph. The UPDATE locks the
   * row, so processes that boot together take turns.
   */
  private register(wanted: SystemAssistantState): Promise<Assistant> {
    const { assistant_id } = wanted;
    return this.assistants.manager.transaction(async (manager) => {
      await insertUnlessThere(manager, wanted);
      await manager.update(Assistant, { assistant_id }, rowOf<Assistant>(wanted));
      const assistant = await manager.findOneByOrFail(Assistant, { assistant_id });
      await manager.delete(AssistantVersion, { assistant_id });
      await manager.insert(AssistantVersion, rowOf<AssistantVersion>(currentVersionOf(assistant)));
      return assistant;
    });
  }
}

async function insertUnlessThere(manager: EntityManager, wanted: SystemAssistantState): Promise<void> {
  const now = new Date();
  const row = rowOf<Assistant>({ ...wanted, created_at: now, updated_at: now });
  await manager.createQueryBuilder().insert().into(Assistant).values(row).orIgnore().execute();
}
