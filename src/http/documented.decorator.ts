import { SetMetadata } from '@nestjs/common';
import type { JsonSchema } from './schema/json.schema.js';

export const DOCUMENTED = 'http:documented';

export interface RouteDocumentation {
  /** One line, such as "Copies a thread with its past". */
  readonly summary: string;
  /** What a success answers with; a stream's events are not described. Nothing is said about the answer unless given. */
  readonly answers?: JsonSchema | 'stream' | 'nothing';
  /** What the query of a route without an input may hold, by name. */
  readonly query?: Readonly<Record<string, JsonSchema>>;
  /** The media type of the answer; JSON unless given. */
  readonly type?: string;
  /** The statuses of a success, where it is not the one of the route. */
  readonly statuses?: readonly number[];
  /** Headers of a success, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers of a page of a search. */
export const PAGE_HEADERS = {
  'x-pagination-next': 'the offset of the next page, where there is one',
} as const;

/**
 * Says in the OpenAPI document what a route does and answers with. What it takes is known from its input.
 *
 * @example @Documented('Copies a thread with its past', { answers: THREAD })
 */
export function Documented(
  summary: string,
  options: Omit<RouteDocumentation, 'summary'> = {},
): MethodDecorator {
  return SetMetadata(DOCUMENTED, { summary, ...options } satisfies RouteDocumentation);
}
