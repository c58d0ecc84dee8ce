import type { Server } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { INestApplication } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuthorizationMatrix, type MatrixRow } from '../../on-auth/authorization.matrix.js';
import { isMessageRoute } from '../../on-auth/message.pattern.js';
import type { Exception } from './exception.js';
import { ghostOf } from './ghost.js';
import { inProcessSender } from './in-process.sender.js';
import { isChosen, refusedOwnRequests } from './own.requests.js';
import { asking, idNamed, ownRowsOf, type MakeRows, type OwnRows } from './own.rows.js';
import { Replay, type Intruder } from './replay.js';
import { changesOf, newRowsOn, readTables } from './table.snapshot.js';
import { idsFor, titleOf, type Ids, type Template } from './template.js';

type ProofOf = (
  identity: string,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

export interface IsolationOptions {
  /** The headers by which somebody proves who they are, such as `{ authorization: 'Bearer ...' }`. */
  readonly headersOf: ProofOf;
  /** Makes rows of every resource that is replayed, for whoever asks, and tells their ids. Called often. */
  readonly rows: MakeRows;
  /** Requests that need more than their path. Every route without one is asked with its path alone. */
  readonly templates?: readonly Template[];
  /** The resources whose routes are replayed; those of the whole application unless given. */
  readonly resources?: readonly string[];
}

export interface IsolationReport {
  readonly routes: number;
  /** Places of requests into which ids were put. */
  readonly places: number;
  readonly requests: number;
  /** What is wrong, in words; nothing where all is well. */
  readonly faults: readonly string[];
}

/** In everything that the owner makes; no answer to anybody else may have it. */
const SECRET = 'alice keeps this to herself';
const WIDTH = 4;

/**
 * Replays every route as somebody else: Alice's ids in each place that the authorization matrix names, as Bob, who has rows of his own,
 * as a newcomer with none, and as nobody. Each answer has to be the one to an id that never existed, and afterwards nothing of
 * Alice's may have changed. Works on any initialized application with `OnAuthModule`; nothing has to listen.
 *
 * @example
 * const { faults } = await replayAsOthers(app, {
 *   headersOf: async (identity) => ({ authorization: `Bearer ${await tokenOf(identity)}` }),
 *   rows: async (ask, secret) => (await ask('POST', '/invoices', { customer: secret, amount_cents: 1 })) as Ids,
 *   templates: [{ route: 'POST /invoices', body: () => ({ customer: 'any', amount_cents: 1 }) }],
 * });
 * expect(faults).toEqual([]);
 */
export async function replayAsOthers(
  app: INestApplication,
  { headersOf, rows: makeRows, templates: given = [], resources }: IsolationOptions,
): Promise<IsolationReport> {
  const send = inProcessSender(app.getHttpServer() as Server);
  const matrix = app.get(AuthorizationMatrix).rows().filter(isRequest);
  const rows = matrix.filter(({ resource }) => resources?.includes(resource) ?? resource !== 'none');
  const templates = [...given.filter(({ route }) => has(rows, route)), ...bareTemplates(rows, given)];
  const worldOf = async (identity: string, secret: string): Promise<OwnRows> =>
    ownRowsOf(makeRows, asking(send, await headersOf(identity)), secret);

  const alice = { send, headers: await headersOf('alice'), world: await worldOf('alice', SECRET) };
  const faults = [...unknownPlaces(given, rows), ...(await refusedOwnRequests(templates, rows, alice))];

  const theirs = [await alice.world.settled(), await alice.world.fresh()];
  faults.push(...placesWithoutGhost(rows, theirs[0]));
  const intruders = await intrudersOf(headersOf, await worldOf('bob', 'bob has this'));
  const replay = new Replay<Ids, OwnRows>({
    send,
    rows,
    theirs,
    secret: SECRET,
    valueFor: idNamed,
    exceptions: exceptionsOf(templates, rows),
  });
  const dataSource = app.get(DataSource);
  const before = await readTables(dataSource);
  for (const intruder of intruders) {
    await replay.look(templates, intruder);
    await replay.run(templates, intruder, WIDTH);
  }
  const after = await readTables(dataSource);

  const { requests, differences, leaks } = replay.findings;
  const ids = new Set(theirs.flatMap((bundle) => Object.values(bundle)));
  return {
    routes: rows.length,
    places: rows.flatMap(({ route }) => idsFor({ route }, rows)).length,
    requests,
    faults: [
      ...faults,
      ...differences,
      ...leaks.map((leak) => `somebody else is told the secret\n${leak}`),
      ...changesOf(before, after).map((row) => `changed by somebody else: ${row}`),
      ...newRowsOn(ids, before, after).map((row) => `hung on a row of somebody else: ${row}`),
    ],
  };
}

function isRequest({ route }: MatrixRow): boolean {
  return !isMessageRoute({ verb: route.slice(0, route.indexOf(' ')) });
}

function has(rows: readonly MatrixRow[], route: string): boolean {
  return rows.some((row) => row.route === route);
}

/** What is asked for by its path needs nothing that could be given. */
function bareTemplates(rows: readonly MatrixRow[], given: readonly Template[]): readonly Template[] {
  const named = new Set(given.map(({ route }) => route));
  return rows.filter(({ route }) => !named.has(route)).map(({ route }) => ({ route }));
}

/** Routes that are not there, and places that no template of their route is made for. */
function unknownPlaces(given: readonly Template[], rows: readonly MatrixRow[]): readonly string[] {
  const gone = given.filter(({ route }) => !has(rows, route));
  const missing = rows.flatMap(({ route }) => {
    const ofRoute = given.filter((template) => template.route === route);
    const covered = new Set(ofRoute.flatMap((template) => idsFor(template, rows)).map(({ name }) => name));
    const names = idsFor({ route }, rows).map(({ name }) => name);
    return ofRoute.length === 0
      ? []
      : names.filter((name) => !covered.has(name)).map((name) => ({ route, name }));
  });
  return [
    ...gone.map((template) => `${titleOf(template)}: there is no such route`),
    ...missing.map(({ route, name }) => `${route}: no template is made for ${name}`),
  ];
}

/** An id that cannot be told from one that never existed would be compared with itself. */
function placesWithoutGhost(rows: readonly MatrixRow[], ids: Ids): readonly string[] {
  return rows.flatMap(({ route }) =>
    idsFor({ route }, rows)
      .filter((id) => isDeepStrictEqual(idNamed(id, ids), ghostOf(idNamed(id, ids))))
      .map(
        ({ name }) =>
          `${route}: ${name} is neither a UUID nor a number, so none that never existed can be made of it`,
      ),
  );
}

/** Where a client chooses an id, the answer has to tell that it is taken. */
function exceptionsOf(templates: readonly Template[], rows: readonly MatrixRow[]): readonly Exception[] {
  return templates.flatMap((template) =>
    idsFor(template, rows)
      .filter(isChosen)
      .map(({ name }) => ({ title: titleOf(template), place: name, status: 409, detail: /^/ })),
  );
}

async function intrudersOf(headersOf: ProofOf, bobs: OwnRows): Promise<readonly Intruder<OwnRows>[]> {
  const settled = await bobs.settled();
  const ghosts = () => bobs.fresh().then(ghostOf);
  const none: OwnRows = { settled: () => Promise.resolve(ghostOf(settled)), fresh: ghosts };
  return [
    { name: 'Bob', headers: await headersOf('bob'), world: bobs, admitted: true, hasWorld: true },
    {
      name: 'a newcomer with nothing',
      headers: await headersOf('newcomer'),
      world: none,
      admitted: true,
      hasWorld: false,
    },
    { name: 'nobody', world: none, admitted: false, hasWorld: false },
  ];
}
