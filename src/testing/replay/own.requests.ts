import type { MatrixRow } from '../../on-auth/authorization.matrix.js';
import type { RouteId } from '../../on-auth/route.id.js';
import { ghostOf } from './ghost.js';
import { idNamed, type OwnRows } from './own.rows.js';
import { put, requestOf, type Send } from './request.js';
import { idsFor, titleOf, type Ids, type Template } from './template.js';

/** Whether a client chooses the id by itself: one that exists is taken. */
export function isChosen({ in: source, refusal }: RouteId): boolean {
  return source === 'body' && refusal === 409;
}

/**
 * Makes each request for its caller's own rows, with their own id in each place: two equal refusals of a request that nobody can make
 * would prove nothing.
 *
 * @returns what is not answered with a success
 */
export async function refusedOwnRequests(
  templates: readonly Template[],
  rows: readonly MatrixRow[],
  owner: { readonly world: OwnRows; readonly headers: Readonly<Record<string, string>>; readonly send: Send },
): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const template of templates)
    for (const id of [undefined, ...idsFor(template, rows)]) {
      const own = await (template.own?.(owner.world) ?? owner.world.fresh());
      const request = requestOf(template, own);
      if (id) put(request, id, ownValueFor(id, own));
      const { status, text } = await owner.send(request, owner.headers);
      if (status > 299)
        refused.push(
          `${titleOf(template)}, ${id?.name ?? 'as it is'}: the owner is answered ${status} ${text}`,
        );
    }
  return refused;
}

function ownValueFor(id: RouteId, own: Ids): unknown {
  const value = idNamed(id, own);
  return isChosen(id) ? ghostOf(value) : value;
}
