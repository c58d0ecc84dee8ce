/** What an OpenAPI 3.1 document may be made of, as far as ours goes: whatever is not named here is a mistake. */
const open = { type: 'object' };
const text = { type: 'string' };
const name = { type: 'string', pattern: '^[A-Za-z0-9._-]+$' };
const closed = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const mapOf = (values: object, names: object = {}) => ({
  type: 'object',
  propertyNames: names,
  additionalProperties: values,
});
const listOf = (items: object) => ({ type: 'array', items });
const reference = (folder: string) =>
  closed({ $ref: { type: 'string', pattern: `^#/components/${folder}/\\w+$` } }, ['$ref']);

const media = mapOf(closed({ schema: open, example: {} }, ['schema']), { pattern: '^[a-z]+/[a-z-]+$' });
const response = closed(
  {
    description: { type: 'string', minLength: 1 },
    headers: mapOf(closed({ description: text, schema: open }, ['schema'])),
    content: media,
  },
  ['description'],
);
const parameter = {
  ...closed(
    {
      name: { type: 'string', minLength: 1 },
      in: { enum: ['path', 'query', 'header'] },
      required: { type: 'boolean' },
      schema: open,
    },
    ['name', 'in', 'schema'],
  ),
  if: { properties: { in: { const: 'path' } } },
  then: { properties: { required: { const: true } }, required: ['required'] },
};
const security = listOf({ ...mapOf({ type: 'array', maxItems: 0 }), minProperties: 1, maxProperties: 1 });
const operation = closed(
  {
    operationId: { type: 'string', pattern: '^[\\w.]+$' },
    tags: { type: 'array', items: text, minItems: 1, maxItems: 1 },
    summary: { type: 'string', minLength: 1 },
    description: text,
    'x-onauth-event': { type: 'string', pattern: '^\\w+:\\w+$' },
    'x-onauth-further-events': listOf(text),
    security,
    parameters: listOf(parameter),
    requestBody: closed({ required: { const: true }, content: media }, ['content']),
    responses: mapOf(
      { anyOf: [reference('responses'), response] },
      { anyOf: [{ pattern: '^[2-5]\\d\\d$' }, { const: 'default' }] },
    ),
  },
  ['operationId', 'tags', 'security', 'responses'],
);

export const OPENAPI_STRUCTURE = closed(
  {
    openapi: { const: '3.1.0' },
    info: closed({ title: text, version: text, description: text }, ['title', 'version']),
    tags: listOf(closed({ name: text }, ['name'])),
    paths: mapOf(mapOf(operation, { enum: ['get', 'put', 'post', 'delete', 'patch'] }), {
      pattern: '^/([\\w.{}-]+(/[\\w.{}-]+)*)?$',
    }),
    components: closed({
      schemas: mapOf(open, name),
      responses: mapOf(response, name),
      securitySchemes: mapOf(
        {
          oneOf: [
            closed({ type: { const: 'http' }, scheme: { const: 'bearer' }, bearerFormat: text }, ['scheme']),
            closed({ type: { const: 'apiKey' }, in: { const: 'header' }, name: text }, [
              'type',
              'in',
              'name',
            ]),
          ],
        },
        name,
      ),
    }),
  },
  ['openapi', 'info', 'paths', 'components'],
);
