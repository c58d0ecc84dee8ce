import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ThreadCopier } from './thread.copier.js';
import { Thread } from './thread.entity.js';
import { ThreadPruner } from './thread.pruner.js';
import { ThreadStateController } from './thread-state.controller.js';
import { ThreadStateService } from './thread-state.service.js';
import { ThreadsController } from './threads.controller.js';
import { ThreadsService } from './threads.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([Thread])],
  controllers: [ThreadsController, ThreadStateController],
  providers: [ThreadsService, ThreadStateService, ThreadCopier, ThreadPruner],
  exports: [ThreadsService, TypeOrmModule],
})
export class ThreadsModule {}
