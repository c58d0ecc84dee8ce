/**
 * The answer that a handler or an authentication callback threw: an `HTTPException` of the LangGraph SDK, taken over where it was
 * thrown. An error of some other library that happens to have a status is never an answer.
 */
export class HandlerAnswer extends Error {
  override readonly name = 'HandlerAnswer';
  constructor(
    readonly status: number,
    detail: string,
    readonly headers: Readonly<Record<string, string>>,
    cause: unknown,
  ) {
    super(detail, { cause });
  }
}

const CLASS_NAME = 'HTTPException';

/**
 * Reads what was thrown as an answer; `undefined` for everything else. The class is known by its name, because a project may bring
 * another copy of the SDK, and by its status.
 */
export function toHandlerAnswer(thrown: unknown): HandlerAnswer | undefined {
  if (!(thrown instanceof Error) || thrown.constructor.name !== CLASS_NAME || !('status' in thrown))
    return undefined;
  const { status, message } = thrown;
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599)
    return undefined;
  return new HandlerAnswer(status, message, headersOf('headers' in thrown ? thrown.headers : {}), thrown);
}

function headersOf(headers: unknown): Readonly<Record<string, string>> {
  if (headers instanceof Headers) return Object.fromEntries(headers.entries());
  if (typeof headers !== 'object' || headers === null) return {};
  const texts = Object.entries(headers).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}
