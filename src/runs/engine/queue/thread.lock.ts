import type { EntityManager } from 'typeorm';
import { Thread } from '../../../threads/thread.entity.js';
import { lockThreadSql } from './queue.statements.js';
import { isPostgres, rowsOf } from './run.sql.js';

/** All of a thread but its values, which may be long. */
export type LockedThread = Pick<
  Thread,
  'thread_id' | 'metadata' | 'status' | 'interrupts' | 'revision' | 'followed_by' | 'followed_until'
>;

const COLUMNS = {
  thread_id: true,
  metadata: true,
  status: true,
  interrupts: true,
  revision: true,
  followed_by: true,
  followed_until: true,
} as const;

/**
 * The thread, as the current scope sees it, locked until the end of the transaction: whatever changes which runs a thread has
 * locks it first, so that its status and its runs always fit together.
 */
export function lockThread(manager: EntityManager, threadId: string): Promise<LockedThread | null> {
  return manager.findOne(Thread, {
    where: { thread_id: threadId },
    select: COLUMNS,
    ...(isPostgres(manager.dataSource) && { lock: { mode: 'pessimistic_write' } }),
  });
}

/** The same for the system, where nothing of the thread is needed. On SQLite a transaction holds the one write lock anyway. */
export async function holdThread(manager: EntityManager, threadId: string): Promise<void> {
  if (isPostgres(manager.dataSource)) await rowsOf(manager, lockThreadSql, [threadId]);
}
