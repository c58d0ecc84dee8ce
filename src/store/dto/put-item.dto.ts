import { ArrayNotEmpty, IsObject, IsOptional } from 'class-validator';
import type { JsonObject } from '../../http/json.js';
import { routeInput } from '../../http/route.input.js';
import { checkLeft } from '../left.value.js';
import type { StorePutValue } from '../store.events.js';
import { IsIndexChoice, IsItemKey, IsNamespace, IsStoreTtl } from './store.validation.js';

/** The body of `PUT /store/items`. */
export class PutItem {
  @ArrayNotEmpty({ message: 'Namespace is required' }) @IsNamespace() namespace!: string[];
  @IsItemKey() key!: string;
  @IsObject({ message: '$property must be a JSON object' }) value!: JsonObject;
  @IsOptional() @IsIndexChoice() index?: readonly string[] | false;
  @IsOptional() @IsStoreTtl() ttl?: number | null;
  /** What the handler let through. */
  granted!: StorePutValue;
}

const PLACE = { in: 'body', refusal: 403, rewritable: true } as const;

export const putItem = routeInput('store:put', {
  type: PutItem,
  ids: { namespace: PLACE, key: PLACE },
  nullable: ['ttl'],
  value: ({ namespace, key, value, index }) => ({
    namespace: [...namespace],
    key,
    value,
    ...(index !== undefined && { index }),
  }),
  accept: (_, value) => ({ granted: checkLeft('store:put', value) }),
});
