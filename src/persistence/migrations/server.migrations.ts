import { postgresMigrations } from './postgres.migrations.js';
import { sqliteMigrations } from './sqlite.migrations.js';

/** The schema of the agent server's own resources, on either database. */
export const serverMigrations = { sqlite: sqliteMigrations, postgres: postgresMigrations } as const;
