import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { ownerName, threadId } from '../population/population.js';
import { JWT_SECRET } from '../servers/tokens.js';
import { OpenStream } from './open.stream.js';
import type { Memory, RevocableService } from './revocable.service.js';

/** How the answers ended in one case. */
export interface Closing {
  readonly cause: string;
  readonly openingMs: number;
  /** Milliseconds from the cause to the end of each stream, from the shortest on. */
  readonly tookMs: readonly number[];
  /** Streams that did not say why they ended. */
  readonly wordless: number;
  /** Streams of others that ended as well. */
  readonly others: number;
  /** Processor time of the serving process meanwhile. */
  readonly cpuMs: number;
  readonly before: Memory;
  readonly open: Memory;
  readonly after: Memory;
}

export interface Measurement {
  readonly streams: number;
  /** Streams of another owner beside them, which have to stay. */
  readonly bystanders: number;
  /** Where the streams are open, and where access is taken away. */
  readonly serving: RevocableService;
  readonly revoking: RevocableService;
}

/** Threads belong to two owners in turn. */
export const OWNERS = 2;
const OPENED_AT_ONCE = 50;
const SETTLING_MS = 3_000;
/** Tokens are to expire when all streams are open, although the machine may be busier by then. */
const SPARE_SECONDS = 10;

/** Access is revoked while all streams are open. */
export function measureRevocation(measurement: Measurement): Promise<Closing> {
  return measure(measurement, 'revoked', '2h', async () => {
    await sleep(SETTLING_MS);
    measurement.revoking.revoke(ownerName(0));
    return performance.now();
  });
}

/** All tokens expire in the same second. @param openingMs how long it took to open so many */
export function measureExpiry(measurement: Measurement, openingMs: number): Promise<Closing> {
  const expires = Math.ceil((Date.now() + 2 * openingMs) / 1000) + SPARE_SECONDS;
  return measure(measurement, 'expired', expires, async () => {
    const left = expires * 1000 - Date.now();
    if (left < 0) throw new Error('the tokens expired before all streams were open');
    await sleep(left);
    return performance.now() + (expires * 1000 - Date.now());
  });
}

async function measure(
  { streams: count, bystanders, serving }: Measurement,
  cause: string,
  expires: string | number,
  happen: () => Promise<number>,
): Promise<Closing> {
  const before = await serving.memory();
  const start = performance.now();
  const others = await openStreams(serving.url, 1, bystanders, '2h');
  const streams = await openStreams(serving.url, 0, count, expires);
  const openingMs = performance.now() - start;
  const open = await serving.memory();
  if (streams.some(({ isOver }) => isOver)) throw new Error('a stream ended before its time');
  const cpuBefore = serving.cpuMs();
  const happenedAt = await happen();
  const ends = await Promise.all(streams.map(({ endedAt }) => endedAt));
  const cpuMs = serving.cpuMs() - cpuBefore;
  await sleep(SETTLING_MS);
  const ended = others.filter(({ isOver }) => isOver).length;
  OpenStream.leaveAll();
  await sleep(SETTLING_MS);
  const after = await serving.memory();
  return {
    cause,
    openingMs,
    tookMs: ends.map((at) => at - happenedAt).sort((one, other) => one - other),
    wordless: streams.filter(({ lastWords }) => lastWords === undefined).length,
    others: ended,
    cpuMs,
    before,
    open,
    after,
  };
}

async function openStreams(
  url: string,
  owner: number,
  count: number,
  expires: string | number,
): Promise<OpenStream[]> {
  const authorization = `Bearer ${await tokenOf(owner, expires)}`;
  const opened: OpenStream[] = [];
  while (opened.length < count) {
    const length = Math.min(OPENED_AT_ONCE, count - opened.length);
    const indexes = Array.from({ length }, (_, place) => (opened.length + place) * OWNERS + owner);
    const more = indexes.map((index) => OpenStream.open(url, threadId(index), authorization));
    opened.push(...(await Promise.all(more)));
  }
  return opened;
}

function tokenOf(owner: number, expires: string | number): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(ownerName(owner))
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(Buffer.from(JWT_SECRET));
}
