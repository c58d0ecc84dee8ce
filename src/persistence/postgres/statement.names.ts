import { BoundedCache } from '../bounded.cache.js';

const USES_BEFORE_A_NAME = 3;
const MAX_NAMES = 100;
const MAX_COUNTED = 1_000;
/** The columns of `*` change with the table, and PostgreSQL would refuse the prepared statement from then on. */
const STAR = /^\s*select\s+\*|\breturning\s+\*/i;

interface Usage {
  uses: number;
  name?: string;
}

/**
 * Names for the statements that come again and again, so that PostgreSQL parses and plans each of them once for a connection.
 * There are at most 100 in a process, since each connection keeps the plans of all of them.
 */
export class StatementNames {
  private readonly usages = new BoundedCache<string, Usage>(MAX_COUNTED);
  private given = 0;

  /** @returns nothing for a text that is new, or when all names are given */
  nameOf(text: string): string | undefined {
    const usage = this.usages.getOrCompute(text, newUsage);
    if (usage.name !== undefined) return usage.name;
    usage.uses += 1;
    if (usage.uses <= USES_BEFORE_A_NAME || this.given >= MAX_NAMES || STAR.test(text)) return undefined;
    usage.name = `onauth_${(this.given += 1)}`;
    return usage.name;
  }
}

function newUsage(): Usage {
  return { uses: 0 };
}
