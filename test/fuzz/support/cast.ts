import fc from 'fast-check';
import { RULE_NAMES, type Metadata, type RuleName, type Who } from './rules.js';

/** A principal as it is drawn: by names that stand for those of a world, so that a sequence can be played in any world. */
export interface Part {
  readonly name: string;
  readonly rule: RuleName;
  readonly org: string;
  readonly teams: readonly string[];
}

/** Names that a careless filter would stumble over. */
const NAMES = ['alice', "o'brien", 'ålice', '"; --', 'b.c', 'a%2Eb', '*', 'true', '1', '$or', ':scope_1'];
/** Who may do little is refused most of the time. */
const WEIGHTS: Readonly<Record<RuleName, number>> = {
  owner: 3,
  shared: 4,
  team: 4,
  reader: 2,
  auditor: 1,
  discreet: 3,
  admin: 2,
  denied: 1,
};
export const TEAMS = ['#red', '#blue'] as const;
export const ORGS = ['^home', '^other'] as const;
export const MAX_PARTS = 4;
export const IDENTITIES = Array.from({ length: MAX_PARTS }, (_, index) => `@${index}`);

export const parts: fc.Arbitrary<readonly Part[]> = fc.array(
  fc.record({
    name: fc.constantFrom(...NAMES),
    rule: fc.oneof(...RULE_NAMES.map((rule) => ({ weight: WEIGHTS[rule], arbitrary: fc.constant(rule) }))),
    org: fc.oneof({ weight: 4, arbitrary: fc.constant(ORGS[0]) }, fc.constant(ORGS[1])),
    teams: fc.subarray([...TEAMS]),
  }),
  { minLength: 2, maxLength: MAX_PARTS, size: 'max' },
);

/** The principals of one world. Nobody else has their names, organisations and teams. */
export class Cast {
  readonly actors: readonly Who[];
  private readonly meanings: ReadonlyMap<string, string>;

  /** @param mark in every name of the world, and nowhere else */
  constructor(
    drawn: readonly Part[],
    readonly mark: string,
  ) {
    this.meanings = new Map([
      ...[...TEAMS, ...ORGS].map((name) => [name, name + mark] as const),
      ...IDENTITIES.map((name, index) => [name, `${drawn[index]?.name ?? 'absent'} ${mark}${name}`] as const),
    ]);
    this.actors = drawn.map(({ rule, org, teams }, index) => ({
      identity: this.nameOf(IDENTITIES[index]),
      rule,
      org: this.nameOf(org),
      teams: teams.map((team) => this.nameOf(team)),
    }));
  }

  /** A JSON value with the names of this world in the place of those that were drawn. */
  resolve(value: Metadata): Metadata {
    return this.resolved(value) as Metadata;
  }

  private resolved(value: unknown): unknown {
    if (typeof value === 'string') return this.nameOf(value);
    if (Array.isArray(value)) return value.map((member: unknown) => this.resolved(member));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.resolved(member)]));
  }

  private nameOf(drawn: string): string {
    return this.meanings.get(drawn) ?? drawn;
  }
}
