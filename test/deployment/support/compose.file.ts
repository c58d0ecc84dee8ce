import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What the tests look at of a service of compose.yaml. */
export interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly deploy?: { readonly replicas: number };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly [other: string]: unknown;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/**
 * A compose file with the variables of the host put in.
 *
 * @throws Error as `docker compose` ends: for a `${NAME:?message}` without a value; and for a form that this does not know
 */
export function readCompose(path: string, host: Readonly<Record<string, string>>): ComposeFile {
  const parsed: unknown = parse(readFileSync(path, 'utf8'), { merge: true });
  return mapTexts(parsed, (text) => interpolate(text, host)) as ComposeFile;
}

function interpolate(text: string, host: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\$\{(\w+)(?:(:[-?])([^}]*))?\}|\$/g,
    (form, name?: string, kind?: string, rest = '') => {
      if (name === undefined) throw new Error(`"${text}" has a form that is not known: ${form}`);
      const value = host[name] ?? '';
      if (value === '' && kind === ':?')
        throw new Error(`required variable ${name} is missing a value: ${rest}`);
      return value === '' && kind === ':-' ? String(rest) : value;
    },
  );
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((entry) => mapTexts(entry, map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapTexts(entry, map)]));
}
