import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callerOf, startApplication, type TestApplication } from '../support/application.js';
import { testGraphs } from '../support/graphs/index.js';
import { SECRET } from '../isolation/support/alice.world.js';
import { MEMBER, membersPolicy } from '../isolation/support/members.policy.js';
import { ownWorldOf, type OwnWorld } from '../isolation/support/own.world.js';
import { requestOf, type ReplayRequest, type Reply } from '../../src/testing/replay/request.js';
import { titleOf } from '../../src/testing/replay/template.js';
import { senderTo } from '../isolation/support/sender.js';
import type { Template } from '../isolation/support/template.js';
import { templates } from '../isolation/templates/index.js';
import { DocumentedSchemas, bodyOf, operationOf, type OpenApi, type Operation } from './support/document.js';

const WORD = 'no such word';
/** One of each kind. What a field does not take of these is refused. */
const VALUES: readonly unknown[] = ['a text', '', -0.5, true, [7], { a: 7 }];

describe('what the OpenAPI document says', () => {
  let application: TestApplication;
  let token: string;
  let document: OpenApi;
  let schemas: DocumentedSchemas;
  let own: OwnWorld;

  beforeAll(async () => {
    application = await startApplication({ graphs: testGraphs, policies: [membersPolicy([])] });
    token = await application.token('alice', { permissions: [MEMBER] });
    document = (await callerOf(application.url)('GET', '/openapi.json')).body as OpenApi;
    schemas = new DocumentedSchemas(document);
    own = ownWorldOf(callerOf(application.url, token), SECRET);
  });
  afterAll(() => application.stop());

  const send = (request: ReplayRequest): Promise<Reply> =>
    senderTo(application.url)(request, { authorization: `Bearer ${token}` });

  const requestFor = async (template: Template) =>
    requestOf(template, await (template.own ?? ((world: OwnWorld) => world.settled()))(own));

  function problemOfBody({ requestBody }: Operation, body: unknown): string {
    const [content] = Object.values(requestBody?.content ?? {});
    return content && body !== undefined ? schemas.problemsOf(content.schema, body) : '';
  }

  it.each(templates.map((template) => ({ template, title: titleOf(template) })))(
    'is true of what is sent and answered: $title',
    async ({ template }) => {
      const operation = operationOf(document, template.route)!;
      const request = await requestFor(template);
      expect(problemOfBody(operation, request.body)).toBe('');
      const { status, headers, text } = await send(request);
      const { content } = operation.responses[String(status)];
      if (content === undefined) {
        expect(text).toBe('');
        return;
      }
      const [[type, { schema }]] = Object.entries(content);
      expect(new Headers(headers as [string, string][]).get('content-type')).toContain(type);
      if (type === 'application/json') expect(schemas.problemsOf(schema, JSON.parse(text))).toBe('');
    },
  );

  it('is what a page suggests to send, and is taken', async () => {
    const suggested = Object.entries(document.paths).flatMap(([path, verbs]) =>
      Object.entries(verbs).flatMap(([verb, { requestBody }]) =>
        Object.values(requestBody?.content ?? {}).map((content) => ({ verb, path, ...content })),
      ),
    );
    const refused: string[] = [];
    for (const { verb, path, schema, example: body } of suggested) {
      expect(schemas.problemsOf(schema, body)).toBe('');
      const pattern = path.replaceAll(/\{(\w+)\}/g, '00000000-0000-4000-8000-00000000000a');
      const request = { verb: verb.toUpperCase(), pattern, path: {}, query: {}, header: {}, body };
      const { status, text } = await send(request);
      if (![200, 202, 204, 403, 404].includes(status)) refused.push(`${verb} ${path}: ${status} ${text}`);
    }
    expect(refused).toEqual([]);
    expect(suggested.length).toBeGreaterThan(30);
  });

  it('allows no body that is refused for its form', async () => {
    const wrong: ReplayRequest[] = [];
    const seen = new Set<string>();
    for (const template of templates) {
      const operation = operationOf(document, template.route)!;
      const form = JSON.stringify(operation.requestBody);
      if (form === undefined || seen.has(form)) continue;
      seen.add(form);
      const request = await requestFor(template);
      for (const body of variantsOf(request.body, Object.keys(bodyOf(document, operation))))
        if (problemOfBody(operation, body) !== '') wrong.push({ ...request, body });
    }
    const taken: string[] = [];
    for (const request of wrong) {
      const { status, text } = await send(request);
      if (status !== 422) taken.push(`${request.pattern} ${JSON.stringify(request.body)}: ${status} ${text}`);
    }
    expect(taken).toEqual([]);
    expect(wrong.length).toBeGreaterThan(500);
  }, 60_000);

  it('allows no parameter that is refused for its form', async () => {
    const taken: string[] = [];
    let count = 0;
    for (const template of templates) {
      const request = await requestFor(template);
      for (const { name, in: source, schema } of operationOf(document, template.route)!.parameters ?? []) {
        if (source === 'header' || schemas.problemsOf(schema, schema.type === 'array' ? [WORD] : WORD) === '')
          continue;
        const place = source as 'path' | 'query';
        const value = { ...request[place], [name]: WORD };
        const { status } = await send({ ...request, [place]: value });
        if (status !== 422) taken.push(`${template.route} ${name}: ${status}`);
        count++;
      }
    }
    expect(taken).toEqual([]);
    expect(count).toBeGreaterThan(80);
  });
});

/** The same body with one field left out, or of another kind. */
function variantsOf(body: unknown, fields: readonly string[]): readonly unknown[] {
  if (Array.isArray(body))
    return variantsOf(body[0], fields).map((first) => [first, ...(body.slice(1) as unknown[])]);
  if (typeof body !== 'object' || body === null) return [];
  return fields.flatMap((field) => {
    const { [field]: _, ...others } = body as Record<string, unknown>;
    return [others, ...VALUES.map((value) => ({ ...others, [field]: value }))];
  });
}
