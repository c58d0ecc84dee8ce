import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { StateGraph } from '@langchain/langgraph';
import { HTTPException } from '@langchain/langgraph-sdk/auth';
import { OnAuth } from '../../src/on-auth/index.js';
import { startApplication, type Caller, type TestApplication } from '../support/application.js';

/** As clients of other services throw them: an error with a status and headers, which are none of our callers' business. */
class UpstreamError extends Error {
  readonly status = 401;
  readonly headers = { 'x-upstream-request': 'abc' };
}

function brokenGraph(): StateGraph<object> {
  throw new UpstreamError('401 Incorrect API key provided: sk-secret');
}

@Injectable()
class Policy {
  @OnAuth()
  allow() {
    return true;
  }

  @OnAuth('threads', 'read')
  askUpstream(): never {
    throw new UpstreamError('401 Incorrect API key provided: sk-secret');
  }

  @OnAuth('threads', 'search')
  sendBadHeader(): never {
    throw new HTTPException(403, { message: 'no', headers: { 'x-why': 'a\nb' } });
  }
}

describe('answers to errors (abuse cases 27 and 66)', () => {
  let application: TestApplication;
  let alice: Caller;

  beforeAll(async () => {
    application = await startApplication({ policies: [Policy], graphs: { broken: brokenGraph } });
    alice = await application.as('alice');
  });

  afterAll(() => application.stop());

  it('say nothing of an error that a graph got from another service', async () => {
    const answer = await alice('GET', '/assistants/broken/schemas');
    expect(answer).toMatchObject({ status: 500, body: { detail: 'Internal Server Error' } });
    expect(answer.headers.get('x-upstream-request')).toBeNull();
  });

  it('say nothing of an error that a handler got from another service', async () => {
    const answer = await alice('GET', '/threads/00000000-0000-4000-8000-000000000000');
    expect(answer).toMatchObject({ status: 500, body: { detail: 'Internal Server Error' } });
  });

  it('keep their form when an exception brings a header that cannot be sent', async () => {
    const { status, body } = await alice('POST', '/threads/search', {});
    expect(status).toBeGreaterThanOrEqual(400);
    expect(Object.keys(body as object)).toEqual(['detail']);
  });
});
