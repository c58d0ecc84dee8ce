import type { RoutePath } from './route.path.js';

/**
 * What `@MessagePattern` and `@EventPattern` of `@nestjs/microservices` write. Not imported from there: only applications with message
 * handlers have that package.
 */
export const MESSAGE_METADATA = {
  pattern: 'microservices:pattern',
  handler: 'microservices:handler_type',
  kinds: { 1: 'MESSAGE', 2: 'EVENT' },
} as const;

const { pattern: PATTERN, handler: HANDLER, kinds } = MESSAGE_METADATA;
const VERBS: ReadonlySet<string> = new Set(Object.values(kinds));

/** Where a message handler is found: `MESSAGE`, or `EVENT` where nobody is answered, and its patterns. */
export function messagePathOf(method: object): RoutePath | undefined {
  const kind = Reflect.getMetadata(HANDLER, method) as keyof typeof kinds | undefined;
  if (kind === undefined) return undefined;
  const patterns = [Reflect.getMetadata(PATTERN, method) as unknown].flat();
  return { verb: kinds[kind], paths: patterns.map(textOf), parameters: [] };
}

/** Whether a route is a handler of messages, which no request over HTTP reaches. */
export function isMessageRoute({ verb }: Pick<RoutePath, 'verb'>): boolean {
  return VERBS.has(verb);
}

function textOf(pattern: unknown): string {
  return typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
}
