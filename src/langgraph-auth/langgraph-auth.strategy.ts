import {
  refuseSeveralAuthorizations,
  type AuthenticationRequest,
} from '../authentication/authentication.request.js';
import type { AuthenticationStrategy } from '../on-auth/index.js';

/** The `authenticate` callback of an `Auth` object of `@langchain/langgraph-sdk/auth`. */
export type AuthenticateCallback = (request: Request) => unknown;

interface IncomingRequest extends AuthenticationRequest {
  readonly method: string;
  readonly url: string;
}

/**
 * Lets the `authenticate` callback of a LangGraph project prove who is calling. It sees a standard `Request` without a body:
 * bodies are read only after authentication. What it returns, a text or an object with an identity, becomes the principal.
 */
export class LangGraphAuthStrategy implements AuthenticationStrategy {
  readonly name = 'langgraph';
  declare readonly success: (user: unknown) => void;
  declare readonly fail: () => void;
  declare readonly error: (error: unknown) => void;

  constructor(private readonly callback: AuthenticateCallback) {}

  authenticate(this: LangGraphAuthStrategy, request: IncomingRequest): void {
    this.ask(request).then(
      (user) => (user === undefined ? this.fail() : this.success(user)),
      (error: unknown) => this.error(error),
    );
  }

  private async ask(request: IncomingRequest): Promise<unknown> {
    refuseSeveralAuthorizations(request);
    return candidateOf(await this.callback(toRequest(request)));
  }
}

/** The contract's section 1.2: a text is an identity; of an object every property is kept, and `permissions` is a list or none. */
function candidateOf(user: unknown): unknown {
  if (typeof user === 'string') return { identity: user };
  if (typeof user !== 'object' || user === null) return undefined;
  const { permissions } = user as { permissions?: unknown };
  return { ...user, permissions: Array.isArray(permissions) ? (permissions as unknown[]) : [] };
}

function toRequest({ method, url, headers }: IncomingRequest): Request {
  const fields = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    for (const part of [value ?? []].flat()) fields.append(name, part);
  }
  return new Request(addressOf(url, headers.host), { method, headers: fields });
}

/** The `Host` header is the client's to choose; one that names no host must not look like a fault of the callback. */
function addressOf(path: string, host: string | undefined): string {
  const address = `http://${host}${path}`;
  return host !== undefined && URL.canParse(address) ? address : `http://localhost${path}`;
}
