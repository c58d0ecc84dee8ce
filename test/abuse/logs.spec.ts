import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger, type LogLevel } from '@nestjs/common';
import { callerOf, startApplication, type TestApplication } from '../support/application.js';

const LEVELS: LogLevel[] = ['fatal', 'error', 'warn', 'log', 'debug', 'verbose'];
const SECRET_WORD = 'what-only-alice-may-read';

/** Everything that is logged, on every level. */
class Recorder {
  readonly lines: string[] = [];
  readonly log = this.take.bind(this);
  readonly error = this.take.bind(this);
  readonly warn = this.take.bind(this);
  readonly debug = this.take.bind(this);
  readonly verbose = this.take.bind(this);
  readonly fatal = this.take.bind(this);

  private take(...parts: unknown[]): void {
    this.lines.push(parts.map(String).join(' '));
  }
}

describe('the log, on its loudest level,', () => {
  let application: TestApplication;
  const recorder = new Recorder();

  beforeAll(async () => {
    application = await startApplication({ environment: { LOG_LEVEL: 'silent' } });
    Logger.overrideLogger(LEVELS);
    application.app.useLogger(recorder);
    new Logger('test').debug('the recorder is on');
    expect(recorder.lines[0]).toContain('the recorder is on');
  });
  afterAll(() => application.stop());

  it('has no token, wherever it came in, and nothing of what is said (abuse cases 15 and 68)', async () => {
    const token = await application.token('alice');
    const nobody = callerOf(application.url);
    for (const name of ['access_token', 'token', 'authorization'])
      expect((await nobody('GET', `/threads/count?${name}=${token}`)).status).toBe(401);
    await callerOf(application.url, `${token}x`)('POST', '/threads', {});
    const alice = callerOf(application.url, token);
    const input = { messages: [{ role: 'human', content: SECRET_WORD }] };
    const body = { assistant_id: 'agent', input, metadata: { note: SECRET_WORD } };
    expect((await alice('POST', '/runs/wait', body)).status).toBe(200);
    // A fault of the server, and a run that cannot be.
    await alice('POST', '/threads', { metadata: { owner: { [SECRET_WORD]: 1 } } });
    await alice('POST', '/runs/wait', { ...body, assistant_id: SECRET_WORD });
    const text = recorder.lines.join('\n');
    expect(text).not.toContain(token.split('.')[2]);
    expect(text).not.toContain(SECRET_WORD);
  });

  it('has no line that an identity has written: one with a line break is none (abuse case 68)', async () => {
    const before = recorder.lines.length;
    for (const identity of ['eve\nLOG all is well', 'eve\u2028x', 'eve\r', 'eve\u001b[2J']) {
      const answer = await (await application.as(identity))('POST', '/threads', {});
      // A line separator is no control character, and no line break to a log.
      expect(answer.status).toBe(identity.includes('\u2028') ? 200 : 401);
    }
    expect(recorder.lines.slice(before).join('\n')).not.toMatch(/all is well/);
  });
});
