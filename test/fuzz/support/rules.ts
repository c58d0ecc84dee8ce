import type { FilterInput } from '../../../src/on-auth/index.js';

export type Metadata = Readonly<Record<string, unknown>>;

/** Whom the handlers see: claims of the token. The rule is what the policy is for this one principal. */
export interface Who {
  readonly identity: string;
  readonly org: string;
  readonly teams: readonly string[];
  readonly rule: RuleName;
}

/** What is done to a row. Actions of the server fall into these; see `useOf`. */
export type Use = 'create' | 'run' | 'read' | 'search' | 'update' | 'delete';

/** One decision of a rule, said twice: for the server as a handler says it, for the model as plain code. */
export interface Verdict {
  /** What the handler returns; `refuse` is thrown. */
  readonly answer: FilterInput | boolean | 'refuse';
  /** What the handler adds to the criteria of a search. */
  readonly narrow: Metadata;
  /** Whether a row is reached. */
  readonly reaches: (metadata: Metadata) => boolean;
}

type Rule = (who: Who, use: Use) => Pick<Verdict, 'answer' | 'reaches'> & Partial<Verdict>;

const NOTHING = { answer: false, reaches: () => false } as const;
const REFUSED = { answer: 'refuse', reaches: () => false } as const;
const isLooking = (use: Use): boolean => use === 'read' || use === 'search';
const lists = (list: unknown, member: string): boolean => Array.isArray(list) && list.includes(member);

const own: Rule = ({ identity }) => ({
  answer: { owner: identity },
  reaches: ({ owner }) => owner === identity,
});

const RULES = {
  /** What somebody creates is theirs alone. */
  owner: own,

  /** Participants take part; the owner alone creates and deletes. */
  shared(who, use) {
    const { identity } = who;
    if (use === 'create' || use === 'delete') return own(who, use);
    return {
      answer: { $or: [{ owner: identity }, { participants: { $contains: identity } }] },
      reaches: ({ owner, participants }) => owner === identity || lists(participants, identity),
    };
  },

  /** Within an organisation: one's own, and what belongs to a team. */
  team({ identity, org, teams }) {
    const mine: FilterInput = { owner: identity };
    return {
      answer: { org, $or: teams.length > 0 ? [mine, { team: { $in: teams } }] : [mine] },
      reaches: (row) =>
        row.org === org && (row.owner === identity || teams.some((team) => team === row.team)),
    };
  },

  /** Reads one's own, that of teams and what is shared, and changes nothing. */
  reader({ identity, teams }, use) {
    if (!isLooking(use)) return REFUSED;
    return {
      answer: {
        $or: [
          { owner: identity },
          { participants: { $contains: [identity] } },
          ...teams.map((team) => ({ team })),
        ],
      },
      reaches: ({ owner, participants, team }) =>
        owner === identity || lists(participants, identity) || teams.some((name) => name === team),
    };
  },

  /** Reads everything, finds what is of the organisation, and changes nothing. */
  auditor: ({ org }, use) =>
    isLooking(use)
      ? { answer: true, reaches: () => true, ...(use === 'search' && { narrow: { org } }) }
      : NOTHING,

  /** Everything of the organisation but what others have marked as private. */
  discreet: ({ identity, org }) => ({
    answer: { org, $not: { $and: [{ private: true }, { owner: { $ne: identity } }] } },
    reaches: (row) => row.org === org && (row.private !== true || row.owner === identity),
  }),

  /** Everything; finds what is of the organisation. */
  admin: ({ org }, use) => ({
    answer: true,
    reaches: () => true,
    ...(use === 'search' && { narrow: { org } }),
  }),

  denied: () => NOTHING,
} satisfies Record<string, Rule>;

export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as RuleName[];

/** Those who also find and run what the server provides. */
const PROVIDED: ReadonlySet<RuleName> = new Set(['owner', 'shared', 'reader']);

/** What the rule of a principal says about a use of a resource. */
export function verdictOn(who: Who, resource: string, use: Use): Verdict {
  const verdict = { narrow: {}, ...RULES[who.rule](who, use) };
  const { answer, reaches } = verdict;
  if (resource !== 'assistants' || !isLooking(use) || !PROVIDED.has(who.rule)) return verdict;
  return {
    ...verdict,
    ...(typeof answer === 'object' && { answer: { $or: [answer, { created_by: 'system' }] } }),
    reaches: (row) => reaches(row) || row.created_by === 'system',
  };
}

export function isRefusal({ answer }: Verdict): boolean {
  return answer === false || answer === 'refuse';
}

/** What the policy writes on everything that is created. Admins may say something else. */
export function stamped({ identity, org, rule }: Who, metadata: Metadata): Metadata {
  const stamp = { owner: identity, org };
  return rule === 'admin' ? { ...stamp, ...metadata } : { ...metadata, ...stamp };
}
