import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import {
  BadRequestException,
  PayloadTooLargeException,
  UnprocessableEntityException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';

import { isStorable, isStorableText } from '../on-auth/storable.js';

export const DEFAULT_BODY_LIMIT = 10 * 1024 * 1024;
export const MAX_JSON_DEPTH = 100;

const JSON_TYPE =
  /^(application\/json|text\/plain|application\/[\w.-]+\+json)\s*(;\s*charset="?utf-?8"?\s*)?$/i;

/**
 * Reads a JSON body, and only when it is asked for: the guard asks after authentication, so that a stranger's body is neither
 * parsed nor kept. `text/plain` and no content type count as JSON, as clients of the contract send both.
 *
 * @param limit in bytes
 * @returns the parsed body, or `undefined` when it is empty
 * @throws HttpException 400 malformed, 413 too large, 415 other content, 422 too deep or with text that no database can hold
 */
export async function readJsonBody(request: IncomingMessage, limit: number): Promise<unknown> {
  refuseOtherContent(request);
  const bytes = await readBytes(request, limit);
  if (bytes.length === 0) return undefined;
  const body = parse(bytes);
  refuseUnstorable(body);
  return body;
}

function refuseOtherContent({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new UnsupportedMediaTypeException(`content-encoding ${encoding} is not accepted`);
  const type = headers['content-type'];
  if (type && !JSON_TYPE.test(type.trim())) {
    throw new UnsupportedMediaTypeException('content-type must be application/json in UTF-8');
  }
}

/** By events: to iterate over the request costs several times of what it takes to parse a usual body. */
function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const keep = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= limit) {
        chunks.push(chunk);
        return;
      }
      // What is still to come flows away unread.
      request.off('data', keep);
      reject(tooLarge(limit));
    };
    request
      .on('data', keep)
      .on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
      .on('error', reject)
      .on('close', () => {
        // Every request is closed in the end, and an error is dear to make.
        if (!request.readableEnded) reject(new Error('the request ended before its body'));
      });
  });
}

function tooLarge(limit: number): PayloadTooLargeException {
  return new PayloadTooLargeException(`the body is larger than ${limit} bytes`);
}

function parse(bytes: Buffer): unknown {
  try {
    if (isUtf8(bytes)) return JSON.parse(withoutMark(bytes.toString('utf8')));
  } catch {
    // Says no more than the refusal below.
  }
  throw new BadRequestException('Malformed JSON in request body');
}

/** A byte order mark says nothing about UTF-8, and is no JSON. */
function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Refuses what would fail deep inside: nesting that overflows a stack, text that PostgreSQL's jsonb refuses. */
function refuseUnstorable(body: unknown): void {
  if (isStorable(body, MAX_JSON_DEPTH)) return;
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_JSON_DEPTH) {
      throw new UnprocessableEntityException(`the body is nested deeper than ${MAX_JSON_DEPTH} levels`);
    }
    level = level.flatMap(membersOf);
  }
}

function membersOf(node: unknown): readonly unknown[] {
  if (typeof node === 'string') refuseUnstorableText(node, 'the body');
  if (typeof node !== 'object' || node === null) return [];
  if (Array.isArray(node)) return node as unknown[];
  for (const key of Object.keys(node)) refuseUnstorableText(key, 'the body');
  return Object.values(node);
}

/** @param where what the message names @throws HttpException 422 */
export function refuseUnstorableText(text: string, where: string): void {
  if (isStorableText(text)) return;
  const what = text.includes('\u0000') ? 'a NUL character' : 'a lone surrogate';
  throw new UnprocessableEntityException(`${where} contains ${what}`);
}
