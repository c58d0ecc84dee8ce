import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, ForbiddenException, Get, Module, NotFoundException } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { AuthorizationMatrix, Authorize, Authorized, runAsSystem } from '../../src/on-auth/index.js';
import { Thread } from '../../src/threads/thread.entity.js';
import { ThreadId, readThread } from '../../src/threads/dto/thread-id.dto.js';
import { ThreadsModule } from '../../src/threads/threads.module.js';
import { Replay, type Findings } from '../../src/testing/replay/replay.js';
import { callerOf, startApplication, type TestApplication } from '../support/application.js';
import { testGraphs } from '../support/graphs/index.js';
import { SECRET } from './support/alice.world.js';
import { exceptions } from './support/exceptions.js';
import { valueFor, type Ids } from './support/ids.js';
import { intrudersOf } from './support/intruders.js';
import { MEMBER, membersPolicy } from './support/members.policy.js';
import { ownWorldOf, type OwnWorld } from './support/own.world.js';
import { senderTo } from './support/sender.js';

/** Routes as nobody should write them. */
@Controller('holes')
class HolesController {
  constructor(@InjectRepository(Thread) private readonly threads: Repository<Thread>) {}

  /** No filter at all. */
  @Get('unfiltered/:thread_id')
  @Authorize('threads', 'read', readThread)
  unfiltered(@Authorized() { thread_id }: ThreadId) {
    return runAsSystem('a hole', () => this.threads.findOneBy({ thread_id }));
  }

  /** Tells that there is something. */
  @Get('telling/:thread_id')
  @Authorize('threads', 'read', readThread)
  async telling(@Authorized() { thread_id }: ThreadId) {
    if (await this.threads.existsBy({ thread_id })) return {};
    const exists = await runAsSystem('a hole', () => this.threads.existsBy({ thread_id }));
    throw exists ? new ForbiddenException() : new NotFoundException();
  }

  /** Is closed. */
  @Get('closed/:thread_id')
  @Authorize('threads', 'read', readThread)
  async closed(@Authorized() { thread_id }: ThreadId) {
    if (!(await this.threads.existsBy({ thread_id }))) throw new NotFoundException();
    return {};
  }
}

@Module({ imports: [ThreadsModule], controllers: [HolesController] })
class HolesModule {}

describe('the replay', () => {
  let application: TestApplication;
  let alice: Ids;

  beforeAll(async () => {
    application = await startApplication({
      graphs: testGraphs,
      modules: [HolesModule],
      policies: [membersPolicy([])],
    });
    const token = await application.token('alice', { permissions: [MEMBER] });
    alice = await ownWorldOf(callerOf(application.url, token), SECRET).settled();
  }, 60_000);
  afterAll(() => application.stop());

  async function findingsOf(hole: string): Promise<Findings> {
    const rows = application.app.get(AuthorizationMatrix).rows();
    const replay = new Replay<Ids, OwnWorld>({
      send: senderTo(application.url),
      rows,
      theirs: [alice],
      secret: SECRET,
      valueFor,
      exceptions,
    });
    const [bob] = await intrudersOf(application);
    await replay.run([{ route: `GET /holes/${hole}/:thread_id` }], bob, 1);
    return replay.findings;
  }

  it('finds a route that drops the filter', async () => {
    const { differences, leaks } = await findingsOf('unfiltered');
    expect(differences.length).toBeGreaterThan(0);
    expect(leaks).toHaveLength(1);
  });

  it('finds a route that tells what exists', async () => {
    expect((await findingsOf('telling')).differences.length).toBeGreaterThan(0);
  });

  it('finds nothing where there is nothing', async () => {
    expect(await findingsOf('closed')).toMatchObject({ requests: 2, differences: [], leaks: [] });
  });
});
