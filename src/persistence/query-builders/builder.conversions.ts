import type { ObjectLiteral, QueryBuilder } from 'typeorm';

type AnyBuilder = QueryBuilder<ObjectLiteral>;
type BuilderClass = new (builder: AnyBuilder) => AnyBuilder;
type QueryType = AnyBuilder['expressionMap']['queryType'];

const CONVERSIONS = ['select', 'insert', 'update', 'delete', 'softDelete', 'restore', 'relation'] as const;

const scopedClasses = new Map<QueryType, BuilderClass>();

/**
 * Makes a class of scoped builders the one for its kinds of query, and keeps what it converts to (`qb.update()`, `qb.relation()`
 * and the like) scoped. TypeORM's own registry of builder classes is global, and every `new DataSource()` in the process resets it.
 */
export function ScopedBuilder(...types: readonly [QueryType, ...QueryType[]]) {
  return (builder: { readonly prototype: AnyBuilder }): void => {
    // The decorated classes differ in their entity type only, which does not exist at run time.
    for (const type of types) scopedClasses.set(type, builder as unknown as BuilderClass);
    for (const name of CONVERSIONS) keepScoped(builder.prototype, name);
  };
}

function keepScoped(prototype: AnyBuilder, name: (typeof CONVERSIONS)[number]): void {
  const convert = Reflect.get(prototype, name) as (this: AnyBuilder, ...args: never[]) => AnyBuilder;
  Object.defineProperty(prototype, name, {
    value(this: AnyBuilder, ...args: never[]): AnyBuilder {
      const converted = convert.apply(this, args);
      return converted === this ? this : scoped(converted);
    },
  });
}

function scoped(builder: AnyBuilder): AnyBuilder {
  const { queryType } = builder.expressionMap;
  const Scoped = scopedClasses.get(queryType);
  if (!Scoped) throw new TypeError(`there is no scoped query builder for ${queryType}`);
  return new Scoped(builder);
}
