import { Module } from '@nestjs/common';
import { PersistenceModule } from '../persistence/persistence.module.js';
import { AssistantsModule } from '../assistants/assistants.module.js';
import { ThreadsModule } from '../threads/threads.module.js';
import { AccessLifecycle } from './access/access.lifecycle.js';
import { AnswerHolder } from './access/answer.holder.js';
import { ExpiryWatch } from './access/expiry.watch.js';
import { HeldAnswers } from './access/held.answers.js';
import { RevocationLog } from './access/revocation.log.js';
import { RevocationWatch } from './access/revocation.watch.js';
import { ScopeWatch } from './access/scope.watch.js';
import { ThreadMetadataReader } from './access/thread-metadata.reader.js';
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

/** What ends answers that are held open, when the right to them ends. */
const ACCESS = [
  AccessLifecycle,
  AnswerHolder,
  ExpiryWatch,
  HeldAnswers,
  RevocationLog,
  RevocationWatch,
  ScopeWatch,
  ThreadMetadataReader,
];

/** Needs the `RunEngine` of the global engine module. */
@Module({
  imports: [
    PersistenceModule.forFeature({ entities: [Run], systemTables: ['revocation'] }),
    ThreadsModule,
    AssistantsModule,
  ],
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
    ...ACCESS,
  ],
  exports: [AssistantFinder, RunCreator, RunsService],
})
export class RunsModule {}
