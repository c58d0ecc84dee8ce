import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ThreadActivity } from '../threads/thread.activity.js';
import { RunEngine } from './engine/run.engine.js';

/** Lets threads stop their runs, before they are deleted. */
@Injectable()
export class ThreadRunsStopper implements OnModuleInit {
  constructor(
    private readonly activity: ThreadActivity,
    private readonly engine: RunEngine,
  ) {}

  onModuleInit(): void {
    this.activity.register((threadIds) => this.engine.cancelAllOf(threadIds));
  }
}
