import { Controller, Get } from '@nestjs/common';
import { Authorize, Authorized } from '../on-auth/index.js';
import { AssistantGraphService } from './assistant-graph.service.js';
import { DrawGraph, ListSubgraphs, drawGraph, listSubgraphs } from './dto/assistant-graph.dto.js';
import { AssistantId, readAssistant } from './dto/assistant-id.dto.js';

@Controller('assistants/:assistant_id')
export class AssistantGraphController {
  constructor(private readonly graphs: AssistantGraphService) {}

  @Get('graph')
  @Authorize('assistants', 'read', drawGraph)
  draw(@Authorized() drawing: DrawGraph) {
    return this.graphs.draw(drawing);
  }

  @Get('schemas')
  @Authorize('assistants', 'read', readAssistant)
  schemas(@Authorized() { id }: AssistantId) {
    return this.graphs.schemas(id);
  }

  @Get('subgraphs')
  @Authorize('assistants', 'read', listSubgraphs)
  subgraphs(@Authorized() search: ListSubgraphs) {
    return this.graphs.subgraphs(search);
  }

  @Get('subgraphs/:namespace')
  @Authorize('assistants', 'read', listSubgraphs)
  subgraphsIn(@Authorized() search: ListSubgraphs) {
    return this.graphs.subgraphs(search);
  }
}
