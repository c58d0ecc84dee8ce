import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

/** Messages of a statement that more messages of it follow: parse, bind, describe, execute, close. The last one is a sync. */
const PARTS = new Set(Array.from('PBDEC', (type) => type.charCodeAt(0)));

export interface PgvectorServer {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** A PostgreSQL that has pgvector, in this process, behind a socket of the loopback interface. */
export async function startPgvector(): Promise<PgvectorServer> {
  const db = keepingStatementsWhole(await PGlite.create({ extensions: { vector } }));
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 20 });
  await server.start();
  return {
    url: `postgres://postgres:postgres@${server.getServerConn()}/postgres`,
    async stop() {
      await server.stop();
      await db.close();
    },
  };
}

/**
 * The socket server has one session for all connections, whose messages take turns, but for those of a transaction, which it keeps together. Here
 * it does the same with those of a statement: otherwise the parts of two statements without a name mix.
 */
function keepingStatementsWhole(db: PGlite): PGlite {
  const execute = db.execProtocolRawStream.bind(db);
  const isInTransaction = db.isInTransaction.bind(db);
  let isInStatement = false;
  db.execProtocolRawStream = (message, options) => {
    isInStatement = PARTS.has(message[0]);
    return execute(message, options);
  };
  db.isInTransaction = () => isInStatement || isInTransaction();
  return db;
}
