import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository, SelectQueryBuilder } from 'typeorm';
import { pageOf, type Page } from '../http/page.js';
import { parseObject } from '../http/route.input.js';
import { AuthorizationContext, Authorizer } from '../on-auth/index.js';
import { rowOf } from '../persistence/row.js';
import { isForeignKeyViolation } from '../persistence/unique-violation.js';
import { CountThreads, countThreads } from '../threads/dto/search-threads.dto.js';
import { Thread } from '../threads/thread.entity.js';
import { Cron } from './cron.entity.js';
import { changeOf, newCron } from './cron.factory.js';
import { selectCrons, whereThreadIsVisible } from './cron.query.js';
import { CronSignals } from './cron.signals.js';
import { CronTargets } from './cron.targets.js';
import type { CreateCron, CreateThreadCron } from './dto/create-cron.dto.js';
import type { CountCrons, SearchCrons } from './dto/search-crons.dto.js';
import type { UpdateCron } from './dto/update-cron.dto.js';

/** The use cases of crons. Every query is scoped by the decision of the event that led here. */
@Injectable()
export class CronsService {
  constructor(
    @InjectRepository(Cron) private readonly crons: Repository<Cron>,
    private readonly authorizer: Authorizer,
    private readonly targets: CronTargets,
    private readonly signals: CronSignals,
  ) {}

  /** Errors as `CronTargets.check`. */
  async create(request: CreateCron | CreateThreadCron): Promise<Cron> {
    await this.targets.check(request);
    const cron = newCron(request, AuthorizationContext.principal());
    await this.crons.insert(rowOf<Cron>(cron)).catch(refuseVanished);
    this.signal(cron);
    return cron;
  }

  /** @throws NotFoundException when there is no such cron, or none that is visible */
  async get(cronId: string): Promise<Cron> {
    return (await this.crons.findOneBy({ cron_id: cronId })) ?? fail();
  }

  async search(search: SearchCrons): Promise<Page<Cron>> {
    const { limit, offset, sort_by, sort_order } = search;
    const direction = sort_order === 'asc' ? 'ASC' : 'DESC';
    return this.select(search, async (query) => {
      const rows = await query
        .clone()
        .orderBy(`cron.${sort_by}`, direction, 'NULLS LAST')
        .addOrderBy('cron.cron_id', direction)
        .offset(offset)
        .limit(limit + 1)
        .getMany();
      return pageOf(rows, search, search.countsAll ? await query.getCount() : undefined);
    });
  }

  count(criteria: CountCrons): Promise<number> {
    return this.select(criteria, (query) => query.getCount());
  }

  /**
   * Changes a cron while nobody else does: the UPDATE at the beginning locks the row on both databases.
   *
   * @throws NotFoundException when it is not there, or not visible; errors as `CronTargets.check`
   */
  async update(change: UpdateCron): Promise<Cron> {
    const { cron_id } = change;
    await this.targets.check(change);
    const changed = await this.crons.manager.transaction(async (manager) => {
      await manager.update(Cron, { cron_id }, rowOf<Cron>({ updated_at: new Date() }));
      const cron = (await manager.findOneBy(Cron, { cron_id })) ?? fail();
      const state = changeOf(cron, change, AuthorizationContext.principal());
      await manager.update(Cron, { cron_id }, rowOf<Cron>(state)).catch(refuseVanished);
      return Object.assign(cron, state);
    });
    this.signal(changed);
    return changed;
  }

  async delete(cronId: string): Promise<void> {
    const { affected } = await this.crons.delete({ cron_id: cronId });
    if (affected !== 1) fail();
  }

  /** Queries crons together with their threads, which takes a decision about each of them. */
  private select<T>(criteria: CountCrons, read: (query: SelectQueryBuilder<Cron>) => Promise<T>): Promise<T> {
    const threads = parseObject(CountThreads, {});
    const value = countThreads.value(threads, AuthorizationContext.principal());
    return this.authorizer.besides('threads:search', value, () => {
      const visible = countThreads.accept(threads, value);
      const repository = this.crons.manager.getRepository(Thread);
      return read(whereThreadIsVisible(selectCrons(this.crons, criteria), repository, visible));
    });
  }

  private signal({ next_run_date }: Cron): void {
    if (next_run_date) this.signals.publish(next_run_date.getTime());
  }
}

function fail(): never {
  throw new NotFoundException('Cron not found');
}

/** The thread or the assistant was deleted just now. */
function refuseVanished(error: unknown): never {
  if (isForeignKeyViolation(error)) throw new NotFoundException('Thread or assistant not found');
  throw error;
}
