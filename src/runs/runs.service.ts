import { Injectable, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { pageOf, type Page } from '../http/page.js';
import { Authorizer } from '../on-auth/index.js';
import { whereContains } from '../persistence/containment/containment.query.js';
import { ThreadsService } from '../threads/threads.service.js';
import type { ListRuns } from './dto/list-runs.dto.js';
import { Run } from './run.entity.js';

/** Names a run by its id; the thread's id, where it is given, has to fit. */
export interface RunAddress {
  readonly run_id: string;
  readonly thread_id?: string;
}

/** Reads runs that are there. Every query is scoped by the decision of the event that led here. */
@Injectable()
export class RunsService {
  constructor(
    @InjectRepository(Run) private readonly runs: Repository<Run>,
    private readonly threads: ThreadsService,
    private readonly authorizer: Authorizer,
  ) {}

  find({ run_id, thread_id }: RunAddress): Promise<Run | null> {
    return this.runs.findOneBy({ run_id, ...(thread_id !== undefined && { thread_id }) });
  }

  /** @throws NotFoundException when there is no such run, or none that is visible; it says so of the thread first */
  async get(address: RunAddress): Promise<Run> {
    const run = await this.find(address);
    if (run) return run;
    if (address.thread_id !== undefined) await this.threads.get(address.thread_id);
    throw runNotFound();
  }

  /** Newest first. Searching the runs of a thread takes being allowed to read it as well. */
  async list(request: ListRuns): Promise<Page<Run>> {
    const { thread_id, status, metadata, limit, offset } = request;
    await this.authorizer.within('threads:read', { thread_id }, () => this.threads.get(thread_id));
    const query = this.runs.createQueryBuilder('run').where('run.thread_id = :thread_id', { thread_id });
    if (status) query.andWhere('run.status = :status', { status });
    if (metadata) whereContains(query, 'metadata', metadata);
    const rows = await query
      .orderBy('run.created_at', 'DESC')
      .addOrderBy('run.run_id', 'DESC')
      .offset(offset)
      .limit(limit + 1)
      .getMany();
    return pageOf(rows, request);
  }
}

export function runNotFound(): NotFoundException {
  return new NotFoundException('Run not found');
}
