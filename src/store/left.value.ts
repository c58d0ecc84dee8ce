import { pathOf } from '../graphs/store/namespace.path.js';
import { HandlerFaultError, isStorable, type AuthValue } from '../on-auth/index.js';
import type { StoreEvent } from './store.events.js';

type Rule = (value: unknown) => boolean;

const isWhole = (least: number): Rule => {
  return (value) => Number.isSafeInteger(value) && (value as number) >= least;
};
const optional = (rule: Rule): Rule => {
  return (value) => value === undefined || rule(value);
};
const isObject: Rule = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const anything: Rule = () => true;
const isText: Rule = (value) => typeof value === 'string';

const RULES: Readonly<Record<string, Rule>> = {
  namespace: isNamespace,
  key: (key) => isText(key) && key !== '',
  value: isObject,
  filter: optional(isObject),
  query: optional(isText),
  suffix: optional(isNamespace),
  max_depth: optional(isWhole(1)),
  limit: isWhole(1),
  offset: isWhole(0),
};

/**
 * What a handler left of a value, once it is sure that the store can go by it: the same on HTTP and inside graphs. A label may have
 * periods here, although clients cannot send any: identities have them.
 *
 * @throws HandlerFaultError
 */
export function checkLeft<E extends StoreEvent>(event: E, value: AuthValue<E>): AuthValue<E> {
  const rules = event === 'store:list_namespaces' ? { ...RULES, namespace: optional(isNamespace) } : RULES;
  const wrong = Object.entries(value).find(([name, part]) => !(rules[name] ?? anything)(part));
  if (wrong) throw new HandlerFaultError(`the handler of ${event} left a wrong ${wrong[0]}`);
  if (!isStorable(value))
    throw new HandlerFaultError(`the handler of ${event} left text that cannot be stored`);
  return value;
}

function isNamespace(labels: unknown): boolean {
  try {
    pathOf(labels as string[]);
    return true;
  } catch {
    return false;
  }
}
