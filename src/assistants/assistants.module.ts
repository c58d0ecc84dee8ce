import { Module } from '@nestjs/common';
import { PersistenceModule } from '../persistence/persistence.module.js';
import { ThreadsModule } from '../threads/threads.module.js';
import { AssistantGraphController } from './assistant-graph.controller.js';
import { AssistantGraphService } from './assistant-graph.service.js';
import { AssistantThreadsRemover } from './assistant-threads.remover.js';
import { AssistantVersion } from './assistant-version.entity.js';
import { AssistantVersionsController } from './assistant-versions.controller.js';
import { AssistantVersionsService } from './assistant-versions.service.js';
import { Assistant } from './assistant.entity.js';
import { AssistantsController } from './assistants.controller.js';
import { AssistantsService } from './assistants.service.js';
import { SystemAssistantRegistrar } from './system-assistant.registrar.js';

/** Needs the global graphs module, and takes its `GRAPH_DEFAULTS` where they are provided. */
@Module({
  imports: [PersistenceModule.forFeature({ entities: [Assistant, AssistantVersion] }), ThreadsModule],
  controllers: [AssistantsController, AssistantVersionsController, AssistantGraphController],
  providers: [
    AssistantsService,
    AssistantVersionsService,
    AssistantGraphService,
    AssistantThreadsRemover,
    SystemAssistantRegistrar,
  ],
  exports: [AssistantsService],
})
export class AssistantsModule {}
