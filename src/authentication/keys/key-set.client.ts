import { InvalidKeySetError } from './key-set.parser.js';

const TIMEOUT_MS = 5000;
const MAX_BYTES = 256 * 1024;

/**
 * Gets a JSON Web Key Set. The whole answer has 5 seconds and 256 KiB (counted after decompression). A redirect is not
 * followed: it would let the endpoint point this server at addresses of its own network.
 *
 * @throws InvalidKeySetError for any other status than 200, too long an answer, and what is no JSON.
 */
export async function fetchKeySet(uri: URL): Promise<unknown> {
  const response = await fetch(uri, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/jwk-set+json, application/json' },
  });
  if (response.status !== 200 || !response.body) {
    await response.body?.cancel();
    throw new InvalidKeySetError(`the answer has status ${response.status}`);
  }
  const text = await readText(response.body);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidKeySetError('the answer is no JSON', { cause });
  }
}

async function readText(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new InvalidKeySetError(`the answer is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
