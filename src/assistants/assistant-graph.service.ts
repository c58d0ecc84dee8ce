import { Injectable } from '@nestjs/common';
import { GraphIntrospection, type GraphReference } from '../graphs/introspection/graph.introspection.js';
import { AuthorizationContext } from '../on-auth/index.js';
import { configFor } from './assistant.config.js';
import { AssistantsService } from './assistants.service.js';
import type { DrawGraph, ListSubgraphs } from './dto/assistant-graph.dto.js';

/** What the graph of a visible assistant looks like. Every method answers 404 for an assistant that is not visible. */
@Injectable()
export class AssistantGraphService {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly graphs: GraphIntrospection,
  ) {}

  async draw({ id, xray }: DrawGraph) {
    return this.graphs.drawing(await this.graphOf(id), xray);
  }

  async schemas(assistantId: string) {
    return this.graphs.schemas(await this.graphOf(assistantId));
  }

  async subgraphs({ id, namespace, recurse }: ListSubgraphs) {
    return this.graphs.subgraphs(await this.graphOf(id), { namespace, recurse });
  }

  private async graphOf(assistantId: string): Promise<GraphReference> {
    const assistant = await this.assistants.get(assistantId);
    return { graphId: assistant.graph_id, config: configFor(assistant, AuthorizationContext.principal()) };
  }
}
