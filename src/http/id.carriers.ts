import type { Type } from '@nestjs/common';

const CARRIES_IDS = 'http:carries-ids';
/** `thread_id`, `run_ids`, `ids`. */
const ID_NAME = /(^|_)ids?$/;
/** The place that a field itself is. */
const ITSELF = '';

/**
 * Marks a field that carries ids although its name does not say so: in itself, or at places of the object that it holds. Every
 * route that has such a field has to declare them.
 *
 * @param places inside the field, such as `checkpoint_id`; the field itself where none is given
 */
export function CarriesIds(...places: readonly string[]): PropertyDecorator {
  return (target, field) =>
    Reflect.defineMetadata(CARRIES_IDS, places.length > 0 ? places : [ITSELF], target, field);
}

/** The names of all places of a field that can carry an id. One of a path, query or header holds no objects. */
export function carriersIn(type: Type, field: string, holdsObjects: boolean): readonly string[] {
  const marked = Reflect.getMetadata(CARRIES_IDS, type.prototype as object, field) as string[] | undefined;
  const places = new Set([...(ID_NAME.test(field) ? [ITSELF] : []), ...(marked ?? [])]);
  if (!holdsObjects) return places.size > 0 ? [field] : [];
  return [...places].map((place) => (place === ITSELF ? field : `${field}.${place}`));
}
