import { Controller, Get } from '@nestjs/common';
import { Documented } from '../http/documented.decorator.js';
import { Authorize, Authorized } from '../on-auth/index.js';
import { AssistantGraphService } from './assistant-graph.service.js';
import { DrawGraph, ListSubgraphs, drawGraph, listSubgraphs } from './dto/assistant-graph.dto.js';
import { AssistantId, readAssistant } from './dto/assistant-id.dto.js';
import { DRAWING, GRAPH_SCHEMAS, SUBGRAPHS } from './assistant.schemas.js';

@Controller('assistants/:assistant_id')
export class AssistantGraphController {
  constructor(private readonly graphs: AssistantGraphService) {}

  @Get('graph')
  @Authorize('assistants', 'read', drawGraph)
  @Documented('Shows nodes and edges of the graph', { answers: DRAWING })
  draw(@Authorized() drawing: DrawGraph) {
    return this.graphs.draw(drawing);
  }

  @Get('schemas')
  @Authorize('assistants', 'read', readAssistant)
  @Documented('Shows what the graph takes and gives', { answers: GRAPH_SCHEMAS })
  schemas(@Authorized() { id }: AssistantId) {
    return this.graphs.schemas(id);
  }

  @Get('subgraphs')
  @Authorize('assistants', 'read', listSubgraphs)
  @Documented('Shows the schemas of subgraphs', { answers: SUBGRAPHS })
  subgraphs(@Authorized() search: ListSubgraphs) {
    return this.graphs.subgraphs(search);
  }

  @Get('subgraphs/:namespace')
  @Authorize('assistants', 'read', listSubgraphs)
  @Documented('Shows the schemas of the subgraphs at a path', { answers: SUBGRAPHS })
  subgraphsIn(@Authorized() search: ListSubgraphs) {
    return this.graphs.subgraphs(search);
  }
}
