import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource, type Repository } from 'typeorm';
import { resourceOf } from '../on-auth/event.js';
import { Authorizer } from '../on-auth/authorizer.js';
import {
  OnAuthService,
  RouteRegistry,
  type AuthEvent,
  type AuthResource,
  type AuthValue,
  type ExplainOptions,
  type Explanation,
  type Verdict,
} from '../on-auth/index.js';
import { policyMatrix, SAMPLE_ID, type MatrixOptions } from './policy.matrix.js';
import { bedClient, type BedClient } from './bed.client.js';
import { principalOf, TICKET_HEADER, type BedUser, type TicketStrategy } from './bed.user.js';
import { assertProperty, type PropertyCase, type PropertyOptions } from './policy.property.js';
import { replayAsOthers, type IsolationOptions, type IsolationReport } from './replay/isolation.js';
import { addressesOf, type RouteAddress } from './route.addresses.js';

/** A verdict, with the SQL of the resource's first table at hand. */
export interface BedDecision extends Verdict {
  readonly sql: string | undefined;
  readonly parameters: readonly unknown[];
  /** As the handler left it. */
  readonly value: object;
}

export interface BedReplayOptions extends Omit<IsolationOptions, 'headersOf'> {
  /** The user behind a name of the replay: with permissions, for policies that ask for some. */
  readonly userNamed?: (identity: string) => BedUser;
}

/** An application under test. Make one with `createAuthTestBed`. */
export class AuthTestBed {
  private readonly onAuth: OnAuthService;
  private readonly routes: RouteRegistry;
  private readonly addresses: readonly RouteAddress[];

  constructor(
    /** For whatever is not offered here; `app.get(ThreadsService)`. */
    readonly app: NestFastifyApplication,
    private readonly strategy: TicketStrategy,
  ) {
    this.onAuth = app.get(OnAuthService);
    this.routes = app.get(RouteRegistry);
    this.addresses = addressesOf(this.routes);
  }

  /** What somebody can do: every request passes the guard, the handler and the database. */
  as(user: BedUser): BedClient {
    return bedClient(this.app.getHttpServer(), this.addresses, this.strategy.issue(principalOf(user)));
  }

  /** Requests of nobody. */
  asStranger(): BedClient {
    return bedClient(this.app.getHttpServer(), this.addresses, undefined);
  }

  /** What a handler decides, without HTTP. The value is copied, so that one may be asked with again. */
  async decide<E extends AuthEvent>(user: BedUser, event: E, value: AuthValue<E>): Promise<BedDecision> {
    const asked = structuredClone(value);
    const verdict = await this.onAuth.decide(principalOf(user), event, asked);
    const [{ sql, parameters } = { sql: undefined, parameters: [] }] = verdict.scopes;
    return { ...verdict, sql, parameters, value: asked };
  }

  /** Why somebody gets what they get when they ask for a row. */
  explain(user: BedUser, event: AuthEvent, id: string, options?: ExplainOptions): Promise<Explanation> {
    return this.onAuth.explain(principalOf(user), event, id, options);
  }

  /**
   * Every event of the application against these users, as text for a snapshot.
   * @throws TypeError for an event whose route needs more than ids: give it `bodies`
   * @example expect(await bed.matrix([{ identity: 'alice' }, { identity: 'root', permissions: ['admin'] }])).toMatchSnapshot()
   */
  matrix(users: readonly BedUser[], { bodies = {}, resources }: MatrixOptions = {}): Promise<string> {
    const events = this.routes
      .events()
      .filter((event) => resources?.some((name) => name === resourceOf(event)) ?? true);
    const sources = { onAuth: this.onAuth, routes: this.routes, events, sample: sampleStoreValue };
    return policyMatrix(users.map(principalOf), sources, { bodies: { ...BODIES, ...bodies } });
  }

  /**
   * Holds a claim against random rows that `<resource>:create` let in, and random readers of them. Needs `fast-check`.
   *
   * @throws Error with the smallest counterexample
   * @example
   * // Nobody but the owner ever reads.
   * await bed.property('threads', ({ creator, reader, visible }) => !visible || reader.identity === creator.identity);
   */
  property(
    resource: AuthResource,
    claim: (tried: PropertyCase) => boolean,
    options?: PropertyOptions,
  ): Promise<void> {
    const actions = this.addresses
      .filter((address) => address.resource === resource)
      .map(({ action }) => action);
    const further = [...new Set(actions)].filter((action) => action !== 'create');
    return assertProperty(this.app.get(Authorizer), resource, further, claim, options);
  }

  /**
   * Every route as somebody else, with Alice's ids in each place that the authorization matrix names; see `replayAsOthers`.
   *
   * @example
   * const { faults } = await bed.replay({ resources: ['invoices'], rows, templates });
   * expect(faults).toEqual([]);
   */
  replay({
    userNamed = (identity) => ({ identity }),
    ...options
  }: BedReplayOptions): Promise<IsolationReport> {
    const headersOf = (identity: string): Record<string, string> => ({
      [TICKET_HEADER]: this.strategy.issue(principalOf(userNamed(identity))),
    });
    return replayAsOthers(this.app, { ...options, headersOf });
  }

  /** Rows past HTTP. Its queries are scoped as everywhere: fill a table within `runAsSystem('...', () => ...)`. */
  repository<T extends object>(entity: new () => T): Repository<T> {
    return this.app.get(DataSource).getRepository(entity);
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

/** What the server's own routes need beside ids. */
const BODIES: NonNullable<MatrixOptions['bodies']> = {
  'assistants:create': { graph_id: 'agent' },
  'threads:create_run': { assistant_id: SAMPLE_ID },
  'crons:create': { assistant_id: SAMPLE_ID, schedule: '0 9 * * *' },
};

/** The store has no ids: its items are asked for among one's own, where a namespace begins with its owner. */
function sampleStoreValue(event: string, { identity }: { readonly identity: string }): object | undefined {
  if (resourceOf(event) !== 'store') return undefined;
  return { namespace: [identity], key: 'sample', value: {}, limit: 10, offset: 0 };
}
