import type { Server } from 'node:http';
import type { JsonObject } from '../http/json.js';
import type { ActionOf, AuthEvent, AuthResource } from '../on-auth/event.js';
import { TICKET_HEADER } from './bed.user.js';
import { requestInProcess } from './in-process.request.js';
import { addressFor, type RouteAddress } from './route.addresses.js';

/** `T` is what the test says the body is; nothing checks it. */
export interface BedAnswer<T = JsonObject> {
  readonly status: number;
  readonly body: T;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A request by name: what the path asks for is taken from the input, the rest is the body, or the query of a GET. */
export type BedCall = <T = JsonObject>(input?: Readonly<Record<string, unknown>>) => Promise<BedAnswer<T>>;

type ActionOn<R extends string> = ActionOf<Extract<AuthEvent, `${R}:${string}`>>;

/** The routes of a resource by action, and by the names of its controller's methods. */
export type ResourceClient<R extends AuthResource> = Readonly<Record<ActionOn<R>, BedCall>> & CallsByName;
type CallsByName = Readonly<Record<string, BedCall>>;

export interface BedRequests {
  /** Any request. The body is sent as JSON. */
  request<T = JsonObject>(method: string, path: string, body?: unknown): Promise<BedAnswer<T>>;
}

/** What somebody can do in a test bed: `client.threads.create({...})`, `client.request('GET', '/threads/...')`. */
export type BedClient = BedRequests & { readonly [R in AuthResource]: ResourceClient<R> };

/** Makes a client whose requests pass the application's whole way, without a socket. */
export function bedClient(
  server: Server,
  addresses: readonly RouteAddress[],
  ticket: string | undefined,
): BedClient {
  const request: BedRequests['request'] = async <T>(method: string, path: string, body?: unknown) => {
    const answer = await requestInProcess(server, {
      method,
      path,
      headers: {
        ...(ticket !== undefined && { [TICKET_HEADER]: ticket }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { ...answer, body: parsed(answer.text) as T };
  };
  const resources = new Set(addresses.map(({ resource }) => resource));
  const clients = [...resources].map((resource) => [
    resource,
    resourceClient(
      addresses.filter((address) => address.resource === resource),
      request,
    ),
  ]);
  // Its keys are the resources of the application, which the types know from `AuthEventMap`.
  return { request, ...Object.fromEntries(clients) } as BedClient;
}

function resourceClient(addresses: readonly RouteAddress[], request: BedRequests['request']): CallsByName {
  const names = new Set(addresses.flatMap(({ action, name }) => [action, name]));
  const calls = [...names].map((name): [string, BedCall] => [
    name,
    <T>(input: Readonly<Record<string, unknown>> = {}) => {
      const address = addressFor(name, addresses, input);
      if (address) return send<T>(address, input, request);
      const paths = addresses.filter((each) => each.action === name || each.name === name);
      throw new TypeError(`"${name}" needs the ids of one of ${paths.map(({ path }) => path).join(', ')}`);
    },
  ]);
  return Object.fromEntries(calls);
}

function send<T>(
  { method, path, parameters }: RouteAddress,
  input: Readonly<Record<string, unknown>>,
  request: BedRequests['request'],
): Promise<BedAnswer<T>> {
  const url = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(input[name])));
  const rest = Object.entries(input).filter(([key]) => !parameters.includes(key));
  if (method !== 'GET') return request<T>(method, url, Object.fromEntries(rest));
  const query = new URLSearchParams(
    rest.map(([key, value]): [string, string] => [key, String(value)]),
  ).toString();
  return request<T>(method, query === '' ? url : `${url}?${query}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
