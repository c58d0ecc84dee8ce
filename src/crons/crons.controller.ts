import { Controller, Delete, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { mapPage, sendPage } from '../http/page.js';
import { Documented, PAGE_HEADERS } from '../http/documented.decorator.js';
import { COUNT } from '../http/schema/json.schema.js';
import { Authorize, Authorized } from '../on-auth/index.js';
import { AUTHORIZES_ASSISTANT } from '../runs/runs.events.js';
import { presentCron } from './cron.presenter.js';
import { CronsService } from './crons.service.js';
import { CreateCron, createCron } from './dto/create-cron.dto.js';
import { CronId, deleteCron, readCron } from './dto/cron-id.dto.js';
import { CountCrons, SearchCrons, countCrons, searchCrons } from './dto/search-crons.dto.js';
import { UpdateCron, updateCron } from './dto/update-cron.dto.js';
import { CRON, FOUND_CRONS } from './cron.schemas.js';

/** The crons of threads that the caller may not find are not found either. */
const WITH_THREADS = { further: ['threads:search'] } as const;

@Controller('runs/crons')
export class CronsController {
  constructor(private readonly crons: CronsService) {}

  @Post()
  @HttpCode(200)
  @Authorize('crons', 'create', createCron, AUTHORIZES_ASSISTANT)
  @Documented('Creates a cron whose runs get threads of their own', { answers: CRON })
  async create(@Authorized() cron: CreateCron) {
    return presentCron(await this.crons.create(cron));
  }

  @Post('search')
  @HttpCode(200)
  @Authorize('crons', 'search', searchCrons, WITH_THREADS)
  @Documented('Finds crons', { answers: FOUND_CRONS, headers: PAGE_HEADERS })
  search(@Authorized() search: SearchCrons, @Res({ passthrough: true }) reply: FastifyReply) {
    const page = this.crons.search(search);
    return sendPage(
      reply,
      mapPage(page, (cron) => presentCron(cron, search.select)),
    );
  }

  @Post('count')
  @HttpCode(200)
  @Authorize('crons', 'search', countCrons, WITH_THREADS)
  @Documented('Counts crons', { answers: COUNT })
  count(@Authorized() criteria: CountCrons) {
    return this.crons.count(criteria);
  }

  @Get(':cron_id')
  @Authorize('crons', 'read', readCron)
  @Documented('Reads a cron', { answers: CRON })
  async get(@Authorized() { cron_id }: CronId) {
    return presentCron(await this.crons.get(cron_id));
  }

  @Patch(':cron_id')
  @Authorize('crons', 'update', updateCron, AUTHORIZES_ASSISTANT)
  @Documented('Changes a cron', { answers: CRON })
  async update(@Authorized() change: UpdateCron) {
    return presentCron(await this.crons.update(change));
  }

  @Delete(':cron_id')
  @HttpCode(204)
  @Authorize('crons', 'delete', deleteCron)
  @Documented('Deletes a cron', { answers: 'nothing' })
  delete(@Authorized() { cron_id }: CronId) {
    return this.crons.delete(cron_id);
  }
}
