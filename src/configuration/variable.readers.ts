import { isIP } from 'node:net';
import type { DatabaseLocation } from './configuration.js';

/** Reads the text of one variable. `accepts` completes the sentence "it must be ...". */
export interface VariableReader<T> {
  readonly accepts: string;
  /** @returns undefined when the text is not acceptable */
  read(text: string): T | undefined;
}

export function wholeNumber(from: number, to: number): VariableReader<number> {
  return {
    accepts: `a whole number from ${from} to ${to}`,
    read: (text) => (/^\d{1,15}$/.test(text) && isWithin(Number(text), from, to) ? Number(text) : undefined),
  };
}

export function oneOf<T extends string>(names: readonly T[]): VariableReader<T> {
  return { accepts: `one of ${names.join(', ')}`, read: (text) => names.find((name) => name === text) };
}

/** One or more members between commas, each once. */
export function listOf<T>(member: VariableReader<T>, most: number): VariableReader<readonly T[]> {
  return {
    accepts: `a comma-separated list of 1 to ${most} different entries, each ${member.accepts}`,
    read: (text) => {
      const members = text.split(',').map((part) => member.read(part.trim()));
      const known = members.filter((value): value is T & {} => value !== undefined);
      const isSound = known.length === members.length && new Set(known).size === known.length;
      return isSound && known.length <= most ? known : undefined;
    },
  };
}

/** Kept as it is. A stray blank or line feed from a file would never match anything, so it is refused. */
export const plainText: VariableReader<string> = {
  accepts: 'a text without white space at either end',
  read: (text) => (text === text.trim() ? text : undefined),
};

export const yesOrNo: VariableReader<boolean> = {
  accepts: 'true or false',
  read: (text) => (text === 'true' || text === 'false' ? text === 'true' : undefined),
};

export const metadataKey: VariableReader<string> = {
  accepts: 'a letter or underscore followed by up to 31 letters, digits or underscores',
  read: (text) => (/^[A-Za-z_][A-Za-z0-9_]{0,31}$/.test(text) ? text : undefined),
};

export const host: VariableReader<string> = {
  accepts: 'an IP address or a host name, such as 127.0.0.1 or 0.0.0.0',
  read: (text) =>
    isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text) ? text : undefined,
};

export const databaseLocation: VariableReader<DatabaseLocation> = {
  accepts: 'sqlite:path/to/file.db, sqlite::memory: or postgres://user:password@host:port/database',
  read: (text) => {
    if (/^sqlite:(?!\/\/)[^\0]+$/.test(text)) return { kind: 'sqlite', path: text.slice('sqlite:'.length) };
    return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text)
      ? { kind: 'postgres', url: text }
      : undefined;
  },
};

export const postgresUrl: VariableReader<string> = {
  accepts: 'postgres://user:password@host:port/database',
  read: (text) => {
    const location = databaseLocation.read(text);
    return location?.kind === 'postgres' ? location.url : undefined;
  },
};

export const onOrOff: VariableReader<boolean> = {
  accepts: 'on or off',
  read: (text) => (text === 'on' || text === 'off' ? text === 'on' : undefined),
};

/** PostgreSQL cuts longer names off, and replaces other characters. */
export const applicationName: VariableReader<string> = {
  accepts: 'up to 63 printable ASCII characters',
  read: (text) => (/^[ -~]{1,63}$/.test(text) ? text : undefined),
};

const httpOrigin: VariableReader<string> = {
  accepts: 'an origin such as https://app.example.com, without a path',
  read: (text) => (/^https?:\/\//.test(text) && parseUrl(text)?.origin === text ? text : undefined),
};

export const corsOrigins: VariableReader<'*' | readonly string[]> = {
  accepts: `* or ${listOf(httpOrigin, 100).accepts}`,
  read: (text) => (text === '*' ? '*' : listOf(httpOrigin, 100).read(text)),
};

/** Plain http would let anybody on the way supply the keys; on the loopback interface there is nobody on the way. */
/** Where the server itself asks for something, with or without a secret of its own. */
export const serviceUrl: VariableReader<URL> = {
  accepts: 'an https URL without user name or fragment (http only for localhost, 127.0.0.0/8 and [::1])',
  read: (text) => {
    const url = parseUrl(text);
    if (url?.username !== '' || url.password !== '' || url.hash !== '') return undefined;
    return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
      ? url
      : undefined;
  },
};

/** In the form of the Standard Webhooks specification, so that every library for it can verify. */
export const webhookSecret: VariableReader<string> = {
  accepts: 'whsec_ and the base64 of 32 to 64 random bytes, such as that of "openssl rand -base64 32"',
  read: (text) => {
    const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
    const bytes = Buffer.from(base64 ?? '', 'base64');
    const isWhole = bytes.toString('base64') === base64;
    return isWhole && isWithin(bytes.length, 32, 64) && looksRandom(bytes) ? text : undefined;
  },
};

/** Of 32 random bytes fewer than 20 differ in less than one case of 10^9; texts and repetitions mostly have fewer. */
function looksRandom(bytes: Uint8Array): boolean {
  return new Set(bytes).size >= 20;
}

export const jsonObject: VariableReader<Readonly<Record<string, unknown>>> = {
  accepts: 'a JSON object',
  read: (text) => {
    try {
      const value: unknown = JSON.parse(text);
      return isObject(value) ? value : undefined;
    } catch {
      return undefined;
    }
  },
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWithin(value: number, from: number, to: number): boolean {
  return value >= from && value <= to;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
