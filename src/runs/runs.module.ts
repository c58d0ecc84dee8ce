import { Module } from '@nestjs/common';
import { PersistenceModule } from '../persistence/persistence.module.js';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { ThreadsModule } from '../threads/threads.module.js';
import { AssistantFinder } from './assistant.finder.js';
import { FeedbackLinks } from './feedback.links.js';
import { Run } from './run.entity.js';
import { RunCanceller } from './run.canceller.js';
import { RunCreator } from './run.creator.js';
import { RunRemover } from './run.remover.js';
import { RunResponder } from './run.responder.js';
import { RunsController } from './runs.controller.js';
import { RunsService } from './runs.service.js';
import { ThreadRunsStopper } from './thread-runs.stopper.js';
import { ThreadStreamController } from './thread-stream.controller.js';
import { ThreadStream } from './thread.stream.js';
import { ThreadRunsController } from './thread-runs.controller.js';

/** Needs the `RunEngine` of the global engine module. */
@Module({
  imports: [PersistenceModule.forFeature({ entities: [Run] }), ThreadsModule, AssistantsModule],
  controllers: [ThreadRunsController, ThreadStreamController, RunsController],
  providers: [
    AssistantFinder,
    ThreadRunsStopper,
    RunsService,
    RunCreator,
    RunCanceller,
    RunRemover,
    RunResponder,
    FeedbackLinks,
    ThreadStream,
  ],
  exports: [AssistantFinder, RunCreator, RunsService],
})
export class RunsModule {}
