import type { QueryRunner } from 'typeorm';
import type { Driver } from 'typeorm/driver/Driver.js';
import { DatabaseUnreachableError } from './database-unreachable.error.js';
import { asScopeViolation } from './row-security/row-violation.js';
import type { SqlGuard } from './sql.guard.js';

/**
 * Puts the guard before every query runner that the driver makes, for the data source and for TypeORM's own use. All SQL goes
 * through `query` and `stream`; events would not do, since a stream fires none.
 */
export function guardQueryRunners(driver: Driver, currentGuard: () => SqlGuard | undefined): void {
  const create = driver.createQueryRunner.bind(driver);
  const guarded = new WeakSet<QueryRunner>();
  driver.createQueryRunner = (mode) => {
    const runner = create(mode);
    if (guarded.has(runner)) return runner;
    guarded.add(runner);
    return guard(runner, currentGuard);
  };
}

function guard(runner: QueryRunner, currentGuard: () => SqlGuard | undefined): QueryRunner {
  const query = runner.query.bind(runner);
  const stream = runner.stream.bind(runner);
  const connect = runner.connect.bind(runner) as () => Promise<unknown>;
  // Only PostgreSQL refuses rows by itself.
  const translates = runner.dataSource.options.type === 'postgres';
  const checked =
    <A extends readonly unknown[], R>(method: (sql: string, ...rest: A) => Promise<R>) =>
    (sql: string, ...rest: A): Promise<R> => {
      const refusal = currentGuard()?.refusalOf(sql);
      if (refusal) return Promise.reject(refusal);
      const answer = method(sql, ...rest);
      return translates ? answer.catch(asRefused) : answer;
    };
  return Object.assign(runner, {
    query: checked(query),
    stream: checked(stream),
    connect: () => connect().catch(unreachable),
  });
}

function asRefused(error: unknown): never {
  throw asScopeViolation(error);
}

/** Told apart from a fault of a connection that somebody else makes, such as a graph. */
function unreachable(fault: unknown): never {
  throw new DatabaseUnreachableError(fault);
}
