import 'reflect-metadata';

/** How the rows of an entity get their owner: from a metadata column of their own, or from the row that they belong to. */
export type ScopeDeclaration =
  | { readonly resource: string; readonly by: string }
  | { readonly resource: string; readonly through: string };

/** A class whose instances have the property `P`, and an object or null in it. */
type EntityWith<P extends string> = abstract new (...args: never[]) => Readonly<Record<P, object | null>>;

const SCOPE = Symbol('scope of an entity');
const UNSCOPED = Symbol('reason why an entity has no scope');

/**
 * Makes the rows of an entity visible and changeable only as the decision for `resource` says.
 * `by` names the entity's own `jsonb` column that filters are about; `through` names a many-to-one relation to an entity that
 * is scoped by the same resource, whose visible rows make their children visible.
 *
 * A property that the class does not have does not compile; a column or relation of the wrong kind stops the boot.
 *
 * @example
 * @Scoped('threads', { by: 'metadata' })
 * @Entity('thread')
 * class Thread { @Column('jsonb') metadata!: JsonObject }
 *
 * @Scoped('threads', { through: 'thread' })
 * @Entity('run')
 * class Run { @ManyToOne(() => Thread) @JoinColumn({ name: 'thread_id' }) thread!: Thread }
 */
export function Scoped<P extends string>(
  resource: string,
  how: { readonly by: P } | { readonly through: P },
): (entity: EntityWith<P>) => void {
  const declaration: ScopeDeclaration = Object.freeze({ resource, ...how });
  return (entity) => Reflect.defineMetadata(SCOPE, declaration, entity);
}

/**
 * Says that everybody may reach the rows of an entity, whatever is decided: exchange rates, countries. Without it or `@Scoped` the
 * boot is refused.
 *
 * @param reason for the reader
 */
export function Unscoped(reason: string): ClassDecorator {
  return (entity) => Reflect.defineMetadata(UNSCOPED, reason, entity);
}

export function unscopedReasonOf(target: unknown): string | undefined {
  if (typeof target !== 'function') return undefined;
  return Reflect.getMetadata(UNSCOPED, target) as string | undefined;
}

/** What `@Scoped` says about an entity's class, or about the class that it extends. */
export function scopeDeclarationOf(target: unknown): ScopeDeclaration | undefined {
  if (typeof target !== 'function') return undefined;
  return Reflect.getMetadata(SCOPE, target) as ScopeDeclaration | undefined;
}
