import type { JsonSchema } from '../http/schema/json.schema.js';

const NOBODYS_ID = '00000000-0000-4000-8000-000000000000';

/** A small value that a schema allows: of an object nothing but what has to be there. For a page to suggest. */
export function exampleOf(schema: JsonSchema): unknown {
  const { examples, enum: words, type } = schema;
  if (Array.isArray(examples)) return examples[0] as unknown;
  if (Array.isArray(words)) return words[0] as unknown;
  switch (type) {
    case 'object':
      return exampleObject(schema);
    case 'array':
      return exampleList(schema);
    case 'string':
      return schema.format === 'uuid' ? NOBODYS_ID : 'text';
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return false;
    default:
      return firstForm(schema);
  }
}

function exampleObject({ properties = {}, required = [], anyOf = [] }: JsonSchema): object {
  const members = properties as Readonly<Record<string, JsonSchema>>;
  const [alternative] = anyOf as JsonSchema[];
  const needed = [...(required as string[]), ...((alternative?.required ?? []) as string[])];
  return Object.fromEntries(needed.map((name) => [name, exampleOf(members[name] ?? {})]));
}

function exampleList({ items = {}, minItems = 0 }: JsonSchema): readonly unknown[] {
  return minItems === 0 ? [] : [exampleOf(items as JsonSchema)];
}

function firstForm({ anyOf }: JsonSchema): unknown {
  return Array.isArray(anyOf) ? exampleOf((anyOf as JsonSchema[])[0]) : {};
}
