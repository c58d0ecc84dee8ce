/** What a policy is generated for. */
export interface PolicyPlan {
  readonly resource: string;
  readonly action: string;
  /** From the generated files to the folder that has `index.js` and `testing/index.js`, such as `../src`. */
  readonly source: string;
}

export interface GeneratedFile {
  readonly name: string;
  readonly text: string;
}

/** Actions whose value carries the metadata of the new row. */
const CREATING = new Set(['create', 'create_run']);

/** A policy with one handler, which keeps rows to their owner, and a spec of it that passes. */
export function policyFiles(plan: PolicyPlan): readonly [GeneratedFile, GeneratedFile] {
  const file = `${plan.resource}-${plan.action}`.replaceAll('_', '-');
  return [
    { name: `${file}.policy.ts`, text: policyText(plan) },
    { name: `${file}.policy.spec.ts`, text: specText(plan, file) },
  ];
}

function policyText({ resource, action, source }: PolicyPlan): string {
  const event = `${resource}:${action}`;
  const isCreating = CREATING.has(action);
  const stamp = '    value.metadata = { ...value.metadata, owner: user.identity };\n';
  return `import { Injectable } from '@nestjs/common';
import { OnAuth, type HandlerArgument } from '${source}/index.js';

/** Decides about \`${event}\`: list it in the policies that the server is started with. */
@Injectable()
export class ${classOf(resource, action)} {
  @OnAuth('${resource}', '${action}')
  ${camel(action)}({ ${isCreating ? 'user, value' : 'user'} }: HandlerArgument<'${event}'>) {
${isCreating ? stamp : ''}    return { owner: user.identity };
  }
}
`;
}

function specText({ resource, action, source }: PolicyPlan, file: string): string {
  const name = classOf(resource, action);
  return `import { describe, expect, it } from '@jest/globals';
import { createAuthTestBed } from '${source}/testing/index.js';
import { ${name} } from './${file}.policy.js';

describe('${name}', () => {
  it('keeps ${resource} to their owner', async () => {
    const bed = await createAuthTestBed({ policies: [${name}] });
    const matrix = await bed.matrix([{ identity: 'alice' }, { identity: 'bob' }], { resources: ['${resource}'] });
    await bed.close();
    expect(matrix).toMatch(/^${resource}:${action} +${name}\\.${camel(action)} +owner = "alice" +owner = "bob"$/m);
  });
});
`;
}

function classOf(resource: string, action: string): string {
  return `${capital(camel(resource))}${capital(camel(action))}Policy`;
}

function camel(words: string): string {
  return words.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
