import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import { AddressResolver, type ResolvedAddress } from '../target/address.resolver.js';
import { TargetNotAllowedError, TargetTimeoutError } from '../target/target.errors.js';
import { WebhookTargetRules } from '../target/target.rules.js';
import { hostnameOf } from '../target/url.policy.js';
import { DELIVERY_OPTIONS, type DeliveryOptions } from '../webhook.settings.js';

/** Bytes of an answer that are read before its connection is cut. Nothing of them is kept. */
const MAX_ANSWER_BYTES = 65_536;
/** Nor are they waited for longer. */
const MAX_READING_MS = 2_000;
const MAX_HEADER_BYTES = 16_384;

export interface WebhookRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Makes one call. A name is resolved once, every address it has is judged, and the connection goes to those addresses and no other:
 * what the name stands for a moment later does not matter. Redirects are answers like any other.
 */
@Injectable()
export class WebhookSender {
  constructor(
    private readonly rules: WebhookTargetRules,
    private readonly resolver: AddressResolver,
    @Inject(DELIVERY_OPTIONS) private readonly options: DeliveryOptions,
  ) {}

  /**
   * @returns the status of the answer
   * @throws TargetNotAllowedError for what may not be called, TargetTimeoutError, the reason of the signal, or an error of the network
   */
  async send(request: WebhookRequest, stop: AbortSignal): Promise<number> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new TargetTimeoutError()), this.options.requestTimeoutMs);
    const onStop = (): void => abort.abort(stop.reason);
    stop.addEventListener('abort', onStop, { once: true });
    try {
      stop.throwIfAborted();
      const addresses = await unlessAborted(() => this.addressesOf(request.url), abort.signal);
      return await unlessAborted(() => post(request, addresses, abort.signal), abort.signal);
    } finally {
      clearTimeout(timer);
      stop.removeEventListener('abort', onStop);
    }
  }

  /** @throws TargetNotAllowedError */
  private async addressesOf(url: URL): Promise<readonly ResolvedAddress[]> {
    // Asked again: the configuration may have changed since the run was created.
    if (this.rules.problemOf(url) !== undefined) throw new TargetNotAllowedError();
    const hostname = hostnameOf(url);
    const family = isIP(hostname);
    const addresses = family === 0 ? await this.resolver.resolve(hostname) : [{ address: hostname, family }];
    const areAllowed = addresses.every(({ address }) => this.rules.allowsAddress(address));
    if (!areAllowed || addresses.length === 0) throw new TargetNotAllowedError();
    return addresses;
  }
}

function post(
  { url, headers, body }: WebhookRequest,
  addresses: readonly ResolvedAddress[],
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    const options: https.RequestOptions = {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      // A connection of its own: one that is kept open would have been judged for another call.
      agent: false,
      lookup: only(addresses),
      maxHeaderSize: MAX_HEADER_BYTES,
      signal,
    };
    const call = request(url, options);
    call.on('error', reject);
    call.once('response', (response) => {
      resolve(response.statusCode ?? 0);
      readSome(response);
    });
    call.end(body);
  });
}

/** Resolves every name to these addresses. */
function only(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (_hostname, { all }, done) => {
    const [{ address, family }] = addresses;
    // Never at once: sockets do not expect it.
    process.nextTick(() => (all ? done(null, [...addresses]) : done(null, address, family)));
  };
}

/** Lets the receiver finish what it says, within limits. */
function readSome(response: http.IncomingMessage): void {
  let size = 0;
  const cut = setTimeout(() => response.destroy(), MAX_READING_MS).unref();
  response.once('close', () => clearTimeout(cut));
  response.on('error', () => undefined);
  response.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) response.destroy();
  });
}

/** @throws the reason of the signal, whatever the aborted work says itself */
async function unlessAborted<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([aborted, work()]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
