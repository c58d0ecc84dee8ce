import { Controller, HttpCode, Post } from '@nestjs/common';
import { Documented } from '../http/documented.decorator.js';
import { Authorize, Authorized } from '../on-auth/index.js';
import { presentCron } from './cron.presenter.js';
import { CronsService } from './crons.service.js';
import { CreateThreadCron, createThreadCron } from './dto/create-cron.dto.js';
import { CRON } from './cron.schemas.js';

@Controller('threads/:thread_id/runs/crons')
export class ThreadCronsController {
  constructor(private readonly crons: CronsService) {}

  @Post()
  @HttpCode(200)
  @Authorize('crons', 'create', createThreadCron, { further: ['threads:read', 'assistants:read'] })
  @Documented('Creates a cron on a thread', { answers: CRON })
  async create(@Authorized() cron: CreateThreadCron) {
    return presentCron(await this.crons.create(cron));
  }
}
