import { IsInt, IsOptional, Min } from 'class-validator';
import { routeInput } from '../../http/route.input.js';
import { IsLimit, IsOffset } from '../../http/validation.js';
import { checkLeft } from '../left.value.js';
import type { StoreListNamespacesValue } from '../store.events.js';
import { IsNamespace } from './store.validation.js';

/** The body of `POST /store/namespaces`. `*` in place of a label stands for any. */
export class ListNamespaces {
  @IsOptional() @IsNamespace() prefix?: string[];
  @IsOptional() @IsNamespace() suffix?: string[];
  @IsOptional()
  @Min(1, { message: '$property must be 1 or more' })
  @IsInt({ message: '$property must be a whole number' })
  max_depth?: number;
  @IsLimit() limit = 100;
  @IsOffset() offset = 0;
  /** What the handler made of the search. */
  granted!: StoreListNamespacesValue;
}

const PART = { in: 'body', refusal: 'empty', rewritable: true } as const;

export const listNamespaces = routeInput('store:list_namespaces', {
  type: ListNamespaces,
  ids: { prefix: PART, suffix: PART },
  value: ({ prefix, suffix, max_depth, limit, offset }) => ({
    ...(prefix && { namespace: [...prefix] }),
    ...(suffix && { suffix: [...suffix] }),
    ...(max_depth !== undefined && { max_depth }),
    limit,
    offset,
  }),
  accept: (_, value) => ({ granted: checkLeft('store:list_namespaces', value) }),
});
