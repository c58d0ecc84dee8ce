import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { InvoicesModule } from '../../examples/invoices/invoices.module.js';
import { InvoicesPolicy } from '../../examples/invoices/invoices.policy.js';
import { AuthorizationMatrix, OwnerPolicy, type MatrixRow } from '../../src/index.js';
import { serverInfo } from '../../src/system/server.info.js';
import { callerOf, startApplication, type TestApplication } from '../support/application.js';
import { at, bodyOf, operationOf, referencesIn, type OpenApi, type Operation } from './support/document.js';
import { OPENAPI_STRUCTURE } from './support/openapi.structure.js';

const ERRORS = /^(4\d\d|default)$/;

describe('the OpenAPI document', () => {
  let application: TestApplication;
  let rows: readonly MatrixRow[];
  let text: string;
  let document: OpenApi;
  let operations: readonly Operation[];

  beforeAll(async () => {
    application = await startApplication({
      modules: [InvoicesModule],
      policies: [OwnerPolicy, InvoicesPolicy],
    });
    rows = application.app.get(AuthorizationMatrix).rows();
    ({ text } = await callerOf(application.url)('GET', '/openapi.json'));
    document = JSON.parse(text) as OpenApi;
    operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  });
  afterAll(() => application.stop());

  it('is made of nothing but what OpenAPI 3.1 knows', () => {
    const ajv = new Ajv2020({ allErrors: true, strict: false });
    expect(ajv.validate(OPENAPI_STRUCTURE, document) ? [] : ajv.errors).toEqual([]);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(referencesIn(document).filter((place) => at(document, place) === undefined)).toEqual([]);
  });

  it('has every route of the running application, and no other', () => {
    const documented = Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(documented.sort()).toEqual(rows.map(({ route }) => route).sort());
    expect(documented.length).toBeGreaterThan(60);
  });

  it('names the event of each route, and asks for a token unless it is public', () => {
    const anyOf = Object.keys(document.components.securitySchemes).map((name) => ({ [name]: [] }));
    const differing = rows.filter(({ route, event, further }) => {
      const operation = operationOf(document, route);
      const said = { event: operation?.['x-onauth-event'], further: operation?.['x-onauth-further-events'] };
      const isAsIs =
        JSON.stringify([said.event ?? 'public', said.further ?? []]) === JSON.stringify([event, further]);
      return (
        !isAsIs || JSON.stringify(operation?.security) !== JSON.stringify(event === 'public' ? [] : anyOf)
      );
    });
    expect(differing).toEqual([]);
    expect(document.components.securitySchemes).toEqual({
      bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
    });
  });

  it('has every id that a route declares in the place that it documents', () => {
    const missing = rows.flatMap(({ route, ids }) => {
      const operation = operationOf(document, route)!;
      const places = [
        ...(operation.parameters ?? []).map(
          ({ in: source, name }) => `${source} ${name.replaceAll('-', '_')}`,
        ),
        ...Object.keys(bodyOf(document, operation)).map((name) => `body ${name}`),
      ];
      const declared = ids.map(
        ({ in: source, at: place }) => `${source} ${place.replace('[].', '').split('.')[0]}`,
      );
      return declared.filter((place) => !places.includes(place)).map((place) => `${route} ${place}`);
    });
    expect(missing).toEqual([]);
  });

  it('says in one line what each route of the server does', () => {
    const silent = rows.filter(
      ({ route, name }) => !operationOf(document, route)?.summary && !name.startsWith('Invoices'),
    );
    expect(silent).toEqual([]);
  });

  it('answers every error as { detail }', () => {
    for (const { responses } of operations) {
      expect(Object.keys(responses)).toContain('default');
      const errors = Object.entries(responses).filter(([status]) => ERRORS.test(status));
      expect(errors.filter(([, { $ref }]) => !$ref?.startsWith('#/components/responses/'))).toEqual([]);
    }
    const schemas = Object.values(document.components.responses).map((response) => JSON.stringify(response));
    expect(schemas.every((schema) => schema.includes('"$ref":"#/components/schemas/Error"'))).toBe(true);
    expect(document.components.schemas.Error).toMatchObject({ required: ['detail'] });
  });

  it('describes the routes of a deployment by their own classes', () => {
    expect(operationOf(document, 'POST /invoices')).toMatchObject({
      'x-onauth-event': 'invoices:create',
      requestBody: { required: true },
    });
    expect(document.components.schemas.CreateInvoice).toEqual({
      title: 'CreateInvoice',
      type: 'object',
      properties: {
        invoice_id: { type: 'string', format: 'uuid' },
        customer: { type: 'string' },
        amount_cents: { type: 'integer', minimum: 1 },
        metadata: { type: 'object', default: {} },
      },
      required: ['customer', 'amount_cents'],
    });
  });

  it('tells nothing of the machine, of keys or of the version', () => {
    for (const secret of [
      hostname(),
      '127.0.0.1',
      'localhost',
      process.cwd(),
      serverInfo().version,
      'secret',
    ])
      expect(text).not.toContain(secret);
  });

  it('is told to everybody, and looks the same to everybody', async () => {
    const alice = await application.as('alice');
    const answer = await alice('GET', '/openapi.json');
    expect(answer).toMatchObject({ status: 200, text });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('the ways to prove who is calling, in the OpenAPI document', () => {
  it.each([
    ['API keys alone', { AUTH_JWT_SECRET: '', AUTH_API_KEYS: '[]' }, ['apiKey']],
    ['tokens and API keys', { AUTH_API_KEYS: '[]' }, ['bearer', 'apiKey']],
  ])('are those of the server: %s', async (_, { ...environment }, expected) => {
    const digest = 'a'.repeat(64);
    const keys = JSON.stringify([{ identity: 'ci', sha256: digest }]);
    const application = await startApplication({ environment: { ...environment, AUTH_API_KEYS: keys } });
    const { body } = await callerOf(application.url)('GET', '/openapi.json');
    await application.stop();
    expect(Object.keys((body as OpenApi).components.securitySchemes)).toEqual(expected);
    expect(JSON.stringify(body)).not.toContain(digest);
  });
});

describe('API_DOCS=false', () => {
  it('leaves no trace of them', async () => {
    const application = await startApplication({ environment: { API_DOCS: 'false' } });
    const nobody = callerOf(application.url);
    const nowhere = await nobody('GET', '/nowhere');
    for (const path of ['/openapi.json', '/docs', '/docs/page.js', '/docs/swagger-ui-bundle.js'])
      expect(await nobody('GET', path)).toMatchObject({ status: 404, text: nowhere.text });
    const routes = application.app.get(AuthorizationMatrix).rows();
    await application.stop();
    expect(routes.filter(({ route }) => /docs|openapi/.test(route))).toEqual([]);
  });
});
