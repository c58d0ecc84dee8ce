import { Client } from '@langchain/langgraph-sdk';
import { Client as OlderClient } from 'langgraph-sdk-2';
import type { TutorialServer } from './servers.js';

export interface SdkLine {
  readonly name: string;
  readonly connect: (server: TutorialServer, identity: string) => Promise<Client>;
}

/** Both lines of the official SDK: the newest code, and what the dist-tag `latest` installs. */
export const sdkLines: readonly SdkLine[] = [
  { name: 'SDK 1.15.0', connect: async (server, identity) => new Client(await optionsFor(server, identity)) },
  {
    name: 'SDK 2.0.0',
    // Older code under a higher number; the methods used here are the same in both.
    connect: async (server, identity) =>
      new OlderClient(await optionsFor(server, identity)) as unknown as Client,
  },
];

async function optionsFor({ url, token }: TutorialServer, identity: string) {
  return {
    apiUrl: url,
    apiKey: null,
    defaultHeaders: { authorization: `Bearer ${await token(identity)}` },
    callerOptions: { maxRetries: 0 },
  };
}
