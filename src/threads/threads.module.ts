import { Module } from '@nestjs/common';
import { PersistenceModule } from '../persistence/persistence.module.js';
import { ThreadActivity } from './thread.activity.js';
import { ThreadCopier } from './thread.copier.js';
import { Thread } from './thread.entity.js';
import { ThreadCreator } from './thread.creator.js';
import { ThreadSweeper } from './thread.sweeper.js';
import { ThreadPruner } from './thread.pruner.js';
import { ThreadStateController } from './thread-state.controller.js';
import { ThreadStateService } from './thread-state.service.js';
import { ThreadsController } from './threads.controller.js';
import { ThreadsService } from './threads.service.js';

@Module({
  imports: [PersistenceModule.forFeature({ entities: [Thread] })],
  controllers: [ThreadsController, ThreadStateController],
  providers: [
    ThreadActivity,
    ThreadCopier,
    ThreadCreator,
    ThreadPruner,
    ThreadStateService,
    ThreadSweeper,
    ThreadsService,
  ],
  exports: [ThreadActivity, ThreadStateService, ThreadsService, PersistenceModule],
})
export class ThreadsModule {}
