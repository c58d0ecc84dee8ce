import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sdkLines } from '../../examples/tutorial/sdk.lines.js';
import { startApplication, type TestApplication } from '../support/application.js';
import { databases, type TestDatabase } from '../support/databases.js';
import { testGraphs } from '../support/graphs/index.js';
import { petEmbeddings } from '../support/word.embeddings.js';
import { MethodTable } from './method.table.js';
import {
  methodsOf,
  RESOURCES,
  type MethodProofs,
  type NotApplicable,
  type Resource,
  type Scene,
} from './proof.js';
import { assistantProofs } from './proofs/assistants.proofs.js';
import { cronProofs } from './proofs/crons.proofs.js';
import { runProofs } from './proofs/runs.proofs.js';
import { storeProofs } from './proofs/store.proofs.js';
import { threadProofs } from './proofs/threads.proofs.js';

const PROOFS: Readonly<Record<Resource, Readonly<Record<string, MethodProofs>>>> = {
  assistants: assistantProofs,
  threads: threadProofs,
  runs: runProofs,
  crons: cronProofs,
  store: storeProofs,
};

const nowhere = { url: 'http://127.0.0.1:9', token: async () => 'none', stop: async () => {} };
const [newest] = sdkLines;
const lines = await Promise.all(
  sdkLines.map(async (line) => ({ ...line, client: await line.connect(nowhere, 'nobody') })),
);
const table = new MethodTable();

describe.each(databases)('the official SDK on $dialect', ({ dialect, create }) => {
  let database: TestDatabase;
  let server: TestApplication;
  beforeAll(async () => {
    database = await create();
    server = await startApplication({
      databaseUrl: database.url,
      graphs: testGraphs,
      store: { index: { embeddings: petEmbeddings, dims: petEmbeddings.dims } },
    });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  describe.each(lines)('$name', ({ name, connect, client }) => {
    const column = `${name} ${dialect}`;
    let scene: Scene;
    beforeAll(async () => {
      scene = { alice: await connect(server, 'alice'), bob: await connect(server, 'bob') };
    });

    for (const resource of RESOURCES) {
      // Every method that the client really has, so that none can be forgotten here.
      for (const method of methodsOf(client[resource])) {
        const row = `${resource}.${method}`;
        const proofs: MethodProofs = PROOFS[resource][method] ?? {};
        if (isNotApplicable(proofs)) {
          table.leaveOut(row, column, proofs.notApplicable);
          continue;
        }
        const wanted = Object.entries(proofs).filter(
          ([, proof]) => name === newest?.name || !proof.newerLineOnly,
        );
        table.expect(row, column, wanted.length);
        for (const [title, prove] of wanted) {
          it(`${row} ${title}`, async () => {
            await prove(scene);
            table.pass(row, column);
          });
        }
      }
    }
  });
});

describe('the table of methods', () => {
  afterAll(() => console.log(table.render()));

  it('has no gaps: each method is proved in each line of the SDK that has it, on each database', () => {
    expect(table.gaps()).toEqual([]);
  });
});

function isNotApplicable(proofs: MethodProofs): proofs is NotApplicable {
  return typeof proofs.notApplicable === 'string';
}
