import { Controller, Get, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Documented } from '../http/documented.decorator.js';
import { OBJECT, TEXT, objectOf } from '../http/schema/json.schema.js';
import { Public } from '../on-auth/index.js';
import { serverInfo } from './server.info.js';

/** What an orchestrator asks of every process, also of one that serves no API. */
export const PROBED_ROUTES: readonly string[] = ['/ok', '/info'];

const UP = objectOf('Up', { ok: { type: 'boolean' } });
const INFO = objectOf('ServerInfo', {
  version: TEXT,
  langgraph_js_version: TEXT,
  context: TEXT,
  flags: OBJECT,
});

/** What everybody may ask, token or not. */
@Controller()
export class SystemController {
  constructor(private readonly dataSource: DataSource) {}

  /** `check_db=1` asks the database as well, and answers 500 when it does not answer. */
  @Get('ok')
  @Public()
  @Documented('Tells that the server is up', { answers: UP, query: { check_db: TEXT } })
  async ok(@Query('check_db') checkDatabase?: string) {
    if (checkDatabase === '1' || checkDatabase === 'true') await this.dataSource.query('SELECT 1');
    return { ok: true };
  }

  @Get('info')
  @Public()
  @Documented('Tells versions, and what is served', { answers: INFO })
  info() {
    return serverInfo();
  }
}
