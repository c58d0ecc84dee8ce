import { ownerName, threadId, type Population } from '../population/population.js';
import { authorizationOf } from '../servers/tokens.js';

/** How many connections the load is spread over, and so the owners. */
export const CONNECTIONS = 32;

export interface OwnedThread {
  readonly id: string;
  readonly owner: string;
  readonly authorization: string;
}

/** Who asks for what: the threads and callers that a case picks its requests from. */
export class World {
  private constructor(
    readonly population: Population,
    private readonly authorizations: readonly string[],
  ) {}

  /** @param permissions of every caller */
  static async of(population: Population, permissions: readonly string[] = []): Promise<World> {
    const owners = Math.min(population.owners, CONNECTIONS * 32);
    const tokens = Array.from({ length: owners }, (_, owner) => authorizationOf(owner, permissions));
    return new World(population, await Promise.all(tokens));
  }

  /** One of the callers of a connection. */
  authorization(connection: number, turn = 0): string {
    return this.authorizations[(connection + turn * CONNECTIONS) % this.authorizations.length];
  }

  /** Threads that no other connection asks for, spread over their owners and over time; at most `count`. */
  threadsOf(connection: number, count: number): readonly OwnedThread[] {
    const { threads, owners } = this.population;
    const found: OwnedThread[] = [];
    for (let owner = connection; owner < this.authorizations.length; owner += CONNECTIONS)
      for (let index = owner; index < threads; index += owners)
        found.push({
          id: threadId(index),
          owner: ownerName(owner),
          authorization: this.authorizations[owner],
        });
    // A stride that shares no divisor with the length visits each once.
    const stride = Math.max(1, Math.floor(found.length / count));
    return found.filter((_, place) => place % stride === 0).slice(0, count);
  }
}
