import { randomUUID } from 'node:crypto';
import { parsePrincipal, type AuthenticationStrategy, type Principal } from '../on-auth/index.js';

/** Somebody in a test: no key, no token. Further claims reach the handlers as they would from a token. */
export interface BedUser {
  readonly identity: string;
  readonly permissions?: readonly string[];
  readonly [claim: string]: unknown;
}

/** @throws TypeError for what no strategy could have proved, such as an empty identity */
export function principalOf(user: BedUser): Principal {
  const principal = parsePrincipal(user);
  if (!principal) throw new TypeError(`${JSON.stringify(user)} can be no principal; see parsePrincipal`);
  return principal;
}

export const TICKET_HEADER = 'x-test-bed-ticket';

/** Knows the users of one test bed by tickets that only the bed gives out. */
export class TicketStrategy implements AuthenticationStrategy {
  readonly name = 'test-bed';
  declare success: (user: unknown) => void;
  declare fail: () => void;
  private readonly users = new Map<string, Principal>();

  issue(principal: Principal): string {
    const ticket = randomUUID();
    this.users.set(ticket, principal);
    return ticket;
  }

  authenticate(this: TicketStrategy, { headers }: { headers: Record<string, unknown> }): void {
    const principal = this.users.get(String(headers[TICKET_HEADER]));
    if (principal) this.success(principal);
    else this.fail();
  }
}
