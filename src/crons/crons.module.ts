import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RunsModule } from '../runs/runs.module.js';
import { ThreadsModule } from '../threads/threads.module.js';
import { Cron } from './cron.entity.js';
import { CronSignals, LocalCronSignals } from './cron.signals.js';
import { CronTargets } from './cron.targets.js';
import { CronsController } from './crons.controller.js';
import { CronsService } from './crons.service.js';
import { CronFirer } from './scheduler/cron.firer.js';
import { CronQueue } from './scheduler/cron.queue.js';
import { CronScheduler } from './scheduler/cron.scheduler.js';
import { ThreadCronsController } from './thread-crons.controller.js';

/** Needs the `RunEngine` of the global engine module. */
@Module({
  imports: [TypeOrmModule.forFeature([Cron]), ThreadsModule, RunsModule],
  controllers: [CronsController, ThreadCronsController],
  providers: [
    CronsService,
    CronFirer,
    CronQueue,
    CronScheduler,
    CronTargets,
    { provide: CronSignals, useClass: LocalCronSignals },
  ],
})
export class CronsModule {}
