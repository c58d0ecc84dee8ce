import type { JsonObject } from '../../src/http/json.js';

/** How many threads a database holds, and whose they are: thread `i` belongs to owner `i % owners`. */
export interface Population {
  readonly threads: number;
  readonly owners: number;
}

/** A thread as it is seeded, wherever it goes. */
export interface SeededThread {
  readonly thread_id: string;
  /** Milliseconds since the epoch. */
  readonly created_at: number;
  readonly metadata: JsonObject;
}

const FIRST_CREATED_AT = Date.UTC(2026, 0, 1);
const MS_BETWEEN_THREADS = 1_000;
const TEAMS = 50;
const TOPICS = ['billing', 'travel', 'hardware', 'payroll', 'legal', 'onboarding', 'access', 'outage'];
const TAGS = ['urgent', 'follow-up', 'customer', 'internal', 'draft'];

/** The topic that searches with a metadata filter ask for. */
export const [SEARCHED_TOPIC] = TOPICS;

export function ownerName(owner: number): string {
  return `user-${String(owner).padStart(5, '0')}`;
}

/** Everybody is in a team. */
export function teamName(owner: number): string {
  return `team-${String(owner % TEAMS).padStart(2, '0')}`;
}

/** Ids sort by the time of creation, as those that the service makes. */
export function threadId(index: number): string {
  const time = (FIRST_CREATED_AT + index * MS_BETWEEN_THREADS).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${index.toString(16).padStart(12, '0')}`;
}

export function threadAt({ owners }: Population, index: number): SeededThread {
  const owner = index % owners;
  const place = Math.floor(index / owners);
  return {
    thread_id: threadId(index),
    created_at: FIRST_CREATED_AT + index * MS_BETWEEN_THREADS,
    metadata: {
      owner: ownerName(owner),
      team: teamName(owner),
      title: `Conversation ${index} about ${TOPICS[place % TOPICS.length]}`,
      topic: TOPICS[place % TOPICS.length],
      tags: [TAGS[index % TAGS.length], TAGS[(index + 2) % TAGS.length]],
      shared_with: [ownerName((owner + 7) % owners)],
      priority: index % 5,
      client: { app: 'portal', version: '4.2.0', locale: 'en-GB' },
      graph_id: 'agent',
    },
  };
}

/** The threads of a part of the population, in batches of a size that one statement takes. */
export function* threadBatches(population: Population, size = 5_000): Generator<readonly SeededThread[]> {
  for (let from = 0; from < population.threads; from += size) {
    const length = Math.min(size, population.threads - from);
    yield Array.from({ length }, (_, offset) => threadAt(population, from + offset));
  }
}
