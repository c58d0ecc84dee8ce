import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { HTTPException } from '@langchain/langgraph-sdk/auth';
import {
  AuthorizationContext,
  Authorize,
  NotAdmittedError,
  OnAuth,
  OnAuthModule,
} from '../../src/on-auth/index.js';
import { TrustingStrategy, readNote } from './probe.application.js';

@Controller('notes')
class NotesController {
  @Get(':note_id')
  @Authorize('notes', 'read', readNote)
  read() {
    return { scope: AuthorizationContext.current()?.kind };
  }
}

@Injectable()
class NotesPolicy {
  @OnAuth('notes', 'read')
  read({ value: { note_id } }: { value: { note_id: string } }) {
    if (note_id === 'sold') throw new HTTPException(402, { message: 'pay', headers: { 'x-plan': 'free' } });
    if (note_id === 'odd') throw new HTTPException(499, { message: 'odd' });
    return note_id !== 'foreign';
  }
}

const admission = {
  admit: ({ identity }: { identity: string }) => {
    if (identity === 'eager') throw new NotAdmittedError(429, 'Come again', { 'retry-after': '7' });
  },
};
const testing = () =>
  Test.createTestingModule({
    imports: [OnAuthModule.forRoot({ strategies: [new TrustingStrategy()], admission })],
    controllers: [NotesController],
    providers: [NotesPolicy],
  }).compile();

describe('an application with nothing but the guard', () => {
  let app: NestFastifyApplication | undefined;
  afterEach(() => app?.close());

  it.each<[string, string, object, Record<string, string>]>([
    [
      '',
      'mine',
      { statusCode: 401, message: 'Unauthorized', error: 'Unauthorized' },
      { 'www-authenticate': 'Bearer' },
    ],
    [
      'eager',
      'mine',
      { statusCode: 429, message: 'Come again', error: 'Too Many Requests' },
      { 'retry-after': '7' },
    ],
    ['alice', 'foreign', { statusCode: 403, message: 'Forbidden', error: 'Forbidden' }, {}],
    ['alice', 'sold', { statusCode: 402, message: 'pay', error: 'Payment Required' }, { 'x-plan': 'free' }],
    ['alice', 'odd', { statusCode: 499, message: 'odd', error: 'Error' }, {}],
  ])('refuses "%s" the note "%s" as Nest answers its own exceptions', async (user, note, body, headers) => {
    app = (await testing()).createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
      logger: false,
    });
    await app.listen(0, '127.0.0.1');
    const url = await app.getUrl();
    const ask = (path: string, identity: string) =>
      fetch(`${url}/notes/${path}`, { headers: { 'x-test-user': identity } });
    const answer = await ask(note, user);
    expect(await answer.json()).toStrictEqual(body);
    expect(Object.fromEntries(answer.headers)).toMatchObject(headers);
    expect(await (await ask('mine', 'alice')).json()).toEqual({ scope: 'principal' });
  });

  it('starts without a server as well', async () => {
    const context = await (await testing()).init();
    await context.close();
  });
});
