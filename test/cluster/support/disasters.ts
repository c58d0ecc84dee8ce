import { setTimeout as sleep } from 'node:timers/promises';
import type { Member, ServiceCluster } from '../../support/cluster/service.cluster.js';
import type { PostgresServer } from '../../support/postgres.server.mjs';
import type { Dice } from './dice.js';
import type { Fates } from './fates.js';

/** What goes wrong, one thing after the other, and how often each did. */
export class Disasters {
  readonly happened = { killed: 0, deafened: 0, 'PostgreSQL stopped': 0, 'PostgreSQL crashed': 0 };
  private readonly repairs = new Set<Promise<void>>();

  constructor(
    private readonly cluster: ServiceCluster,
    private readonly postgres: PostgresServer,
    private readonly fates: Fates,
    private readonly dice: Dice,
  ) {}

  /** Every kind of disaster comes in turn, and each at least once; most often a process is killed. */
  async goOn(isOver: () => boolean): Promise<void> {
    const kinds = [
      () => this.kill(),
      () => this.deafen(),
      () => this.kill(),
      () => this.stopPostgres('PostgreSQL stopped', 'SIGINT'),
      () => this.kill(),
      () => this.deafen(),
      () => this.kill(),
      () => this.stopPostgres('PostgreSQL crashed', 'SIGQUIT'),
    ];
    for (let turn = 0; turn < kinds.length || !isOver(); turn++) {
      await sleep(this.dice.between(1_000, 5_000));
      await kinds[turn % kinds.length]();
    }
  }

  /** Settles when every process is up again. */
  async repaired(): Promise<void> {
    await Promise.all(this.repairs);
  }

  /** One of each role stays: with nobody who serves or executes nothing would happen that could go wrong. */
  private async kill(): Promise<void> {
    const alive = this.cluster.members.filter(({ url }) => url !== undefined);
    const spare = alive.filter(({ role }) => alive.filter((other) => other.role === role).length > 1);
    if (spare.length === 0) return;
    const member = this.dice.oneOf(spare);
    await member.kill();
    this.happened.killed += 1;
    const repair = this.restart(member).finally(() => this.repairs.delete(repair));
    this.repairs.add(repair);
  }

  /** As an orchestrator does: while there is no database it does not come up, and is started again. */
  private async restart(member: Member): Promise<void> {
    for (;;) {
      try {
        await member.start();
        return;
      } catch {
        await sleep(500);
      }
    }
  }

  /** Cuts the connections over which the processes hear of each other. */
  private async deafen(): Promise<void> {
    const cut = await this.fates.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()`,
    );
    this.happened.deafened += cut.length;
  }

  private async stopPostgres(
    what: 'PostgreSQL stopped' | 'PostgreSQL crashed',
    signal: 'SIGINT' | 'SIGQUIT',
  ) {
    await this.postgres.restart(signal);
    this.happened[what] += 1;
  }
}
