import { DataSource } from 'typeorm';
import { OnAuthService } from '../../../src/on-auth/index.js';
import { requestInProcess } from '../../../src/testing/in-process.request.js';
import { startApplication, type TestApplication } from '../../support/application.js';
import { stepsGraph } from '../../support/graphs/steps.graph.js';
import { GRAPH } from './model.js';
import { Disagreement, type FuzzAnswer, type FuzzRequest } from './operation.js';
import { RuledPolicy } from './ruled.policy.js';
import type { Who } from './rules.js';

/** The whole application, and the way into it: past the socket, and past nothing else. */
export class FuzzServer {
  readonly dataSource: DataSource;
  readonly onAuth: OnAuthService;

  private constructor(readonly application: TestApplication) {
    this.dataSource = application.app.get(DataSource);
    this.onAuth = application.app.get(OnAuthService);
  }

  static async start(databaseUrl: string): Promise<FuzzServer> {
    const graphs = { [GRAPH]: stepsGraph };
    return new FuzzServer(await startApplication({ databaseUrl, graphs, policies: [RuledPolicy] }));
  }

  tokenOf({ identity, ...claims }: Who): Promise<string> {
    return this.application.token(identity, claims);
  }

  /** @param token none for nobody */
  async send({ method, url, body, headers }: FuzzRequest, token: string | undefined): Promise<FuzzAnswer> {
    const asked = requestInProcess(this.application.app.getHttpServer(), {
      method,
      path: url,
      headers: {
        ...headers,
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await inTime(asked, `${method} ${url}`);
    return { ...answer, body: parsed(answer.text) };
  }

  stop(): Promise<void> {
    return this.application.stop();
  }
}

const PATIENCE_MS = 30_000;

/** @throws Disagreement where nothing comes: by the model every request is answered */
async function inTime<T>(answer: Promise<T>, request: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Disagreement(`${request} was not answered`)), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
