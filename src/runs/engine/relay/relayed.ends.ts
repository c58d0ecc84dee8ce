import type { EntityManager } from 'typeorm';
import { runAsSystem } from '../../../on-auth/authorization.context.js';
import { rowsOf } from '../queue/run.sql.js';
import type { RunOutcome } from '../run.engine.js';
import { relayEndsSql } from './relay.statements.js';

/**
 * Leaves for those who follow runs elsewhere how they have ended: in the transaction in which they do, so that whoever finds a run
 * ended, or gone, finds out how.
 */
export async function recordEnds(
  manager: EntityManager,
  runIds: readonly string[],
  outcome: RunOutcome,
): Promise<void> {
  const text = JSON.stringify(outcome);
  const rows = JSON.stringify(runIds.map((run_id) => ({ run_id, outcome: text })));
  await runAsSystem('relay how runs ended', () => rowsOf(manager, relayEndsSql, [rows, Date.now()]));
}
