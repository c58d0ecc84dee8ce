import type { JsonSchema } from '../http/schema/json.schema.js';

/** Keeps schemas that have a title under that name, and leaves a reference in their place. */
export class ComponentCollector {
  private readonly collected = new Map<string, JsonSchema>();

  /** By their names, sorted. */
  get schemas(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.collected].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** The same schema with references. One whose name is taken by a different one stays where it is. */
  referenced({ default: initial, ...schema }: JsonSchema): JsonSchema {
    const place = this.placed(schema);
    return initial === undefined ? place : { ...place, default: initial };
  }

  private placed(schema: JsonSchema): JsonSchema {
    const { title } = schema;
    const resolved = this.resolved(schema);
    if (typeof title !== 'string') return resolved;
    const known = this.collected.get(title);
    if (known && JSON.stringify(known) !== JSON.stringify(resolved)) return resolved;
    this.collected.set(title, resolved);
    return { $ref: `#/components/schemas/${title}` };
  }

  private resolved(schema: JsonSchema): JsonSchema {
    return Object.fromEntries(
      Object.entries(schema).map(([keyword, value]) => [keyword, this.keyword(keyword, value)]),
    );
  }

  private keyword(keyword: string, value: unknown): unknown {
    switch (keyword) {
      case 'properties':
        return Object.fromEntries(
          Object.entries(value as Record<string, JsonSchema>).map(([name, member]) => [
            name,
            this.referenced(member),
          ]),
        );
      case 'items':
      case 'additionalProperties':
        return isSchema(value) ? this.referenced(value) : value;
      case 'anyOf':
      case 'oneOf':
      case 'allOf':
        return (value as JsonSchema[]).map((member) => this.referenced(member));
      default:
        return value;
    }
  }
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
