import { describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import type { RunSignal } from '../run.signals.js';
import { readMessage, writeMessages } from './signal.message.js';

const runId = uuid();

describe('a message between processes', () => {
  it('carries signals as they are', () => {
    const signals: RunSignal[] = [
      { kind: 'created', threadId: uuid() },
      { kind: 'queued', at: Date.now() },
      { kind: 'followed', runId },
      { kind: 'events', runId },
      { kind: 'ended', runId },
      { kind: 'changed', threadId: uuid() },
      { kind: 'revoked' },
    ];
    const [text, ...more] = writeMessages('me', signals);
    expect(more).toEqual([]);
    expect(readMessage(text)).toEqual({ from: 'me', signals });
  });

  it('says of a cancellation only that there is one', () => {
    const [text] = writeMessages('me', [{ kind: 'cancelled', runId, action: 'rollback' }]);
    expect(readMessage(text)).toEqual({ from: 'me', signals: [{ kind: 'cancelled', runId }] });
  });

  it('says without signals that a process is there', () => {
    expect(writeMessages('me', [])).toEqual(['{"from":"me","signals":[]}']);
  });

  it('is shorter than PostgreSQL allows, however many signals there are', () => {
    const signals = Array.from({ length: 1_000 }, () => ({ kind: 'events' as const, runId: uuid() }));
    const texts = writeMessages(uuid(), signals);
    for (const text of texts) expect(Buffer.byteLength(text)).toBeLessThan(8_000);
    expect(texts.flatMap((text) => readMessage(text)?.signals ?? [])).toEqual(signals);
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['nobody who sends it', '{"signals":[]}'],
    ['an empty sender', '{"from":"","signals":[]}'],
    ['no signals', '{"from":"x"}'],
    ['more than it should', '{"from":"x","signals":[],"more":1}'],
    ['an unknown kind', '{"from":"x","signals":[{"kind":"missed"}]}'],
    ['no id', `{"from":"x","signals":[{"kind":"ended"}]}`],
    ['an identity', `{"from":"x","signals":[{"kind":"revoked","identity":"alice"}]}`],
    ['an id that is none', `{"from":"x","signals":[{"kind":"ended","runId":"1 OR 1=1"}]}`],
    ['an action', `{"from":"x","signals":[{"kind":"cancelled","runId":"${runId}","action":"rollback"}]}`],
    ['a time that is none', '{"from":"x","signals":[{"kind":"queued","at":-1}]}'],
    ['one bad signal among good ones', `{"from":"x","signals":[{"kind":"ended","runId":"${runId}"},{}]}`],
  ])('is none with %s', (_, text) => {
    expect(readMessage(text)).toBeUndefined();
  });
});
