export interface PostgresServer {
  readonly url: string;
  /** Ends the server in order (SIGINT) or as a crash does (SIGQUIT), and starts it again on the same port. */
  readonly restart: (signal: 'SIGINT' | 'SIGQUIT') => Promise<void>;
  /** Ends the server and removes its files. */
  readonly stop: () => Promise<void>;
}

/** @param settings for `-c`, where the defaults do not fit */
export function startPostgres(settings?: readonly string[]): Promise<PostgresServer>;
