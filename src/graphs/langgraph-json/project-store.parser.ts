import { MAX_DIMS, MAX_SWEEP_MINUTES, MAX_TTL_MINUTES, type StoreTtl } from '../store.settings.js';
import { isObject, parseExport, type Json } from './export.parser.js';
import { ProjectError } from './project.error.js';
import type { ProjectIndex, ProjectStore } from './project.js';

/** `openai:text-embedding-3-small`. A path begins with a period, a slash or a drive, which has one letter. */
const MODEL = /^([a-z][a-z0-9_-]+):([^/\\]+)$/;

/**
 * Reads `store` of a `langgraph.json`.
 *
 * @throws ProjectError
 * @example parseStore('langgraph.json', { ttl: { default_ttl: 60 } }) // { ttl: { defaultTtl: 60 } }
 */
export function parseStore(file: string, store: unknown): ProjectStore {
  if (store === undefined || store === null) return {};
  if (!isObject(store))
    throw new ProjectError(file, 'store must be an object, such as { "ttl": { "default_ttl": 60 } }.');
  const { ttl, index } = store;
  return {
    ...(isGiven(ttl) && { ttl: parseTtl(file, ttl) }),
    ...(isGiven(index) && { index: parseIndex(file, index) }),
  };
}

function parseTtl(file: string, ttl: unknown): StoreTtl {
  if (!isObject(ttl))
    throw new ProjectError(file, 'store.ttl must be an object, such as { "default_ttl": 60 }.');
  const defaultTtl = minutesOf(file, ttl, 'default_ttl', MAX_TTL_MINUTES);
  const sweepInterval = minutesOf(file, ttl, 'sweep_interval_minutes', MAX_SWEEP_MINUTES);
  const { refresh_on_read: refreshOnRead } = ttl;
  if (isGiven(refreshOnRead) && typeof refreshOnRead !== 'boolean')
    throw new ProjectError(file, 'store.ttl.refresh_on_read must be true or false.');
  return {
    ...(defaultTtl !== undefined && { defaultTtl }),
    ...(sweepInterval !== undefined && { sweepInterval }),
    ...(typeof refreshOnRead === 'boolean' && { refreshOnRead }),
  };
}

function minutesOf(file: string, ttl: Json, name: string, most: number): number | undefined {
  const minutes = ttl[name];
  if (!isGiven(minutes)) return undefined;
  if (typeof minutes === 'number' && minutes > 0 && minutes <= most) return minutes;
  throw new ProjectError(file, `store.ttl.${name} must be a number of minutes above 0, at most ${most}.`);
}

function parseIndex(file: string, index: unknown): ProjectIndex {
  if (!isObject(index))
    throw new ProjectError(
      file,
      'store.index needs embed and dims, such as { "embed": "./embed.ts:embed", "dims": 1536 }.',
    );
  const { dims, fields } = index;
  if (typeof dims !== 'number' || !Number.isInteger(dims) || dims < 1 || dims > MAX_DIMS)
    throw new ProjectError(
      file,
      `store.index.dims must be a whole number from 1 to ${MAX_DIMS}: how many numbers the vectors have.`,
    );
  const embed = parseEmbed(file, index.embed);
  if (!isGiven(fields)) return { embed, dims };
  if (!isPathList(fields))
    throw new ProjectError(
      file,
      'store.index.fields must be a list of paths, such as ["title", "chapters[*].text"].',
    );
  return { embed, dims, fields };
}

function parseEmbed(file: string, embed: unknown): ProjectIndex['embed'] {
  const [, provider, model] = MODEL.exec(typeof embed === 'string' ? embed : '') ?? [];
  if (provider === 'openai' && model !== undefined) return { openaiModel: model };
  if (provider === undefined || /\.[cm]?[jt]sx?$/.test(provider))
    return parseExport(file, 'store.index.embed', embed);
  throw new ProjectError(
    file,
    `store.index.embed names the provider "${provider}", but only "openai:model" is known; export an embedding function of your own and name it by "path:export".`,
  );
}

function isPathList(fields: unknown): fields is string[] {
  return (
    Array.isArray(fields) &&
    fields.length > 0 &&
    fields.every((field) => typeof field === 'string' && field !== '')
  );
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
