import { Injectable } from '@nestjs/common';

/** Stops whatever goes on on these threads, as far as the current scope reaches, and settles when it has stopped. */
export type StopActivity = (threadIds: readonly string[]) => Promise<void>;

/** Where those who work on threads say how their work is stopped. Threads know nothing of runs. */
@Injectable()
export class ThreadActivity {
  private readonly stops: StopActivity[] = [];

  register(stop: StopActivity): void {
    this.stops.push(stop);
  }

  async stop(threadIds: readonly string[]): Promise<void> {
    await Promise.all(this.stops.map((stop) => stop(threadIds)));
  }
}
