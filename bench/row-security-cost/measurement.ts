import { put } from './load.js';
import { STATES, type SecuredPair, type State } from './secured.pair.js';

export const REQUESTS = ['get', 'search'] as const;
export type RequestName = (typeof REQUESTS)[number];

/** What one turn came to: requests per second, and microseconds of processor time for a request, by whom. */
export interface Turn {
  readonly perSecond: number;
  readonly server: number;
  readonly database: number;
}

/** Each kind of request, without row-level security and with it. */
export type Round = Readonly<Record<RequestName, Readonly<Record<State, Turn>>>>;

const WARM_UP_SECONDS = 2;

/** In each round every server answers every kind of request, and another one goes first each time. */
export async function measure(
  pair: SecuredPair,
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<readonly Round[]> {
  for (const name of REQUESTS) {
    for (const state of STATES) await put(await pair[name](state), WARM_UP_SECONDS);
  }
  const taken: Round[] = [];
  for (let round = 0; round < rounds; round += 1) taken.push(await takeRound(pair, round, seconds));
  return taken;
}

async function takeRound(pair: SecuredPair, round: number, seconds: number): Promise<Round> {
  const [get, search] = [new Map<State, Turn>(), new Map<State, Turn>()];
  for (const index of STATES.keys()) {
    const state = STATES[(index + round) % STATES.length] ?? 'off';
    get.set(state, await takeTurn(pair, 'get', state, seconds));
    search.set(state, await takeTurn(pair, 'search', state, seconds));
  }
  return { get: bothOf(get), search: bothOf(search) };
}

async function takeTurn(pair: SecuredPair, name: RequestName, state: State, seconds: number): Promise<Turn> {
  const target = await pair[name](state);
  const [server, before] = [process.cpuUsage(), await pair.databaseTimes(state)];
  const { requests, perSecond } = await put(target, seconds);
  const { user, system } = process.cpuUsage(server);
  return {
    perSecond,
    server: (user + system) / requests,
    database: spentSince(before, await pair.databaseTimes(state)) / requests,
  };
}

/** The pool opens connections and closes them again. */
function spentSince(before: ReadonlyMap<number, number>, after: ReadonlyMap<number, number>): number {
  return [...after].reduce((sum, [process, time]) => sum + time - (before.get(process) ?? 0), 0);
}

function bothOf(turns: ReadonlyMap<State, Turn>): Readonly<Record<State, Turn>> {
  const [off, on] = [turns.get('off'), turns.get('on')];
  if (!off || !on) throw new Error('a turn was left out');
  return { off, on };
}
