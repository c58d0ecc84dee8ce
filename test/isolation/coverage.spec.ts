import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsId } from '../../src/http/validation.js';
import { routeInput } from '../../src/http/route.input.js';
import { matrixDocument } from '../../src/matrix.document.js';
import { Authorize, AuthorizationMatrix } from '../../src/on-auth/index.js';
import { createServer } from '../../src/server.js';

const ENVIRONMENT = {
  LOG_LEVEL: 'silent',
  DATABASE_URL: 'sqlite::memory:',
  AUTH_JWT_SECRET: 'a secret of thirty-two bytes and more',
};

class ReportId {
  @IsId() thread_id!: string;
}

const readReport = routeInput('threads:read', {
  type: ReportId,
  ids: { thread_id: 'path' },
  value: ({ thread_id }) => ({ thread_id }),
});

@Controller('reports')
class ReportsController {
  @Get(':thread_id')
  @Authorize('threads', 'read', readReport)
  read() {
    return {};
  }
}

/** What a deployment brings along. */
@Module({ controllers: [ReportsController] })
class ReportsModule {}

/** What Fastify really serves, apart from what it adds by itself: HEAD to each GET, and OPTIONS for CORS. */
function listServed(app: NestFastifyApplication): readonly string[] {
  const served: string[] = [];
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRoute', ({ method, url }) => {
      served.push(...[method].flat().map((verb) => `${verb} ${url}`));
    });
  return served;
}

describe('the list of routes', () => {
  let app: NestFastifyApplication;
  let served: readonly string[];

  beforeAll(async () => {
    app = await createServer({ environment: ENVIRONMENT, modules: [ReportsModule] });
    served = listServed(app);
    await app.init();
  });
  afterAll(() => app.close());

  it('is exactly what is served: no route has gone past it (abuse case 64)', () => {
    const real = served.filter((route) => !/^(HEAD|OPTIONS) /.test(route));
    const listed = app
      .get(AuthorizationMatrix)
      .rows()
      .map(({ route }) => route);
    expect([...listed].sort()).toEqual([...new Set(real)].sort());
    expect(listed.length).toBeGreaterThan(40);
  });

  it('has the routes of a deployment’s own modules (abuse case 71)', () => {
    expect(app.get(AuthorizationMatrix).markdown()).toContain(
      '| `GET /reports/:thread_id` | `threads:read` |  | path: `thread_id` | `threads` | 404 |',
    );
  });
});

describe('docs/authorization-matrix.md', () => {
  it('is what the application says of itself; otherwise run npm run matrix', async () => {
    const app = await createServer({ environment: ENVIRONMENT });
    await app.init();
    const document = matrixDocument(app.get(AuthorizationMatrix));
    await app.close();
    expect(readFileSync('docs/authorization-matrix.md', 'utf8')).toBe(document);
  });
});
