import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export type Schema = Readonly<Record<string, unknown>>;
type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;

export interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly security: readonly object[];
  readonly 'x-onauth-event'?: string;
  readonly 'x-onauth-further-events'?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: true;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly required?: true; readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content; readonly $ref?: string }>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, unknown>>;
    readonly securitySchemes: Readonly<Record<string, Schema>>;
  };
}

const DOCUMENT = 'openapi.json';

/** Holds values against the schemas of a document. */
export class DocumentedSchemas {
  private readonly ajv = new Ajv2020({ strictTypes: false, strictRequired: false });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(document: OpenApi) {
    addFormats.default(this.ajv);
    this.ajv.addVocabulary(['components']);
    this.ajv.addSchema({ $id: DOCUMENT, components: document.components }, DOCUMENT, false, false);
  }

  /** @returns what is wrong with a value, and nothing where it is as documented */
  problemsOf(schema: Schema, value: unknown): string {
    const text = JSON.stringify(schema).replaceAll('"#/components', `"${DOCUMENT}#/components`);
    const validate = this.compiled.get(text) ?? this.ajv.compile(JSON.parse(text) as Schema);
    this.compiled.set(text, validate);
    return validate(value) ? '' : this.ajv.errorsText(validate.errors);
  }
}

/** `GET /threads/:thread_id` of the matrix as an operation of a document. */
export function operationOf({ paths }: OpenApi, route: string): Operation | undefined {
  const [verb, path] = route.split(' ');
  return paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[verb.toLowerCase()];
}

/** What a document refers to by `$ref`. */
export function referencesIn(document: unknown): readonly string[] {
  return [...JSON.stringify(document).matchAll(/"\$ref":"#([^"]+)"/g)].map(([, place]) => place);
}

/** Follows a JSON pointer. */
export function at(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
}

/** The members of a body, or of those that it is a list of. */
export function bodyOf(document: OpenApi, { requestBody }: Operation): Readonly<Record<string, Schema>> {
  const [content] = Object.values(requestBody?.content ?? {});
  const [place] = content ? referencesIn(content) : [];
  return place === undefined ? {} : (at(document, `${place}/properties`) as Record<string, Schema>);
}
