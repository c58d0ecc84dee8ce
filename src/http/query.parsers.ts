/** Turns a query parameter into a value for validation. What it cannot read it hands on as it is, to be refused there. */
export type QueryParser = (raw: unknown) => unknown;

/** Of a field that no request carries, and that is not read from one. */
export const notSent: QueryParser = () => undefined;

/** Clients encode an absent parameter as an empty one. */
const isAbsent = (raw: unknown): boolean => raw === undefined || raw === '';
const lastOf = (raw: unknown): unknown => (Array.isArray(raw) ? (raw as unknown[]).at(-1) : raw);

export const text: QueryParser = (raw) => (isAbsent(raw) ? undefined : lastOf(raw));

export const integer: QueryParser = (raw) => {
  const value = text(raw);
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
};

/** `1`, `0`, `true` and `false`. */
export const flag: QueryParser = (raw) => {
  const value = text(raw);
  if (value === '1' || value === 'true') return true;
  return value === '0' || value === 'false' ? false : value;
};

/** Repeated parameters, a JSON array, or a comma list: the official clients use all three. */
export const list: QueryParser = (raw) => {
  if (isAbsent(raw)) return undefined;
  const values = (Array.isArray(raw) ? (raw as unknown[]) : [raw]).flatMap(splitList);
  return values.length === 0 ? undefined : values;
};

function splitList(raw: unknown): readonly unknown[] {
  if (typeof raw !== 'string') return [raw];
  if (raw.startsWith('[')) {
    try {
      const parsed: unknown = JSON.parse(raw);
      if (Array.isArray(parsed)) return parsed as unknown[];
    } catch {
      return [raw];
    }
  }
  return raw.split(',').filter((part) => part !== '');
}
