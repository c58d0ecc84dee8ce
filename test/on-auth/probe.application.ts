import type { ModuleMetadata } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { HttpModule } from '../../src/http/http.module.js';
import {
  OnAuthModule,
  type AuthenticationStrategy,
  type OnAuthModuleOptions,
  type RouteInput,
} from '../../src/on-auth/index.js';

declare module '../../src/on-auth/event.js' {
  interface AuthEventMap {
    'notes:create': { readonly note_id: string; metadata: Record<string, unknown> };
    'notes:read': { readonly note_id: string };
    'notes:search': { metadata: Record<string, unknown>; limit: number };
    'files:read': { readonly file_id: string };
  }
}

/** Believes the header `x-test-user`: `identity` or `identity:permission,permission`. */
export class TrustingStrategy implements AuthenticationStrategy {
  readonly name = 'trusting';
  declare success: (user: unknown) => void;
  declare fail: () => void;

  authenticate(this: TrustingStrategy, request: { headers: Record<string, string | undefined> }): void {
    const [identity, permissions = ''] = request.headers['x-test-user']?.split(':') ?? [];
    if (!identity) this.fail();
    else this.success({ identity, permissions: permissions.split(',').filter((part) => part !== '') });
  }
}

export interface NoteInput {
  note_id: string;
  metadata: Record<string, unknown>;
}

export const createNote: RouteInput<'notes:create', NoteInput> = {
  ids: { note_id: 'body' },
  carriers: ['note_id'],
  parse: async (request) => {
    const { readBody } = request as unknown as { readBody: () => Promise<unknown> };
    const { note_id = 'new', metadata = {} } = (await readBody.call(request)) as Partial<NoteInput>;
    return { note_id, metadata };
  },
  value: ({ note_id, metadata }) => ({ note_id, metadata: { ...metadata } }),
  accept: (input, { metadata }) => ({ ...input, metadata }),
};

export const readNote: RouteInput<'notes:read', { note_id: string }> = {
  ids: { note_id: 'path' },
  carriers: [],
  parse: ({ params }) => params as { note_id: string },
  value: ({ note_id }) => ({ note_id }),
  accept: (input) => input,
};

export const readFile: RouteInput<'files:read', { file_id: string }> = {
  ids: { file_id: 'path' },
  carriers: [],
  parse: ({ params }) => params as { file_id: string },
  value: ({ file_id }) => ({ file_id }),
  accept: (input) => input,
};

/** A small application around the framework alone: no database, no feature. */
export async function buildProbe(
  metadata: Pick<ModuleMetadata, 'controllers' | 'providers' | 'imports'>,
  options: Partial<OnAuthModuleOptions> = {},
): Promise<NestFastifyApplication> {
  const { strategies = [new TrustingStrategy()], ...rest } = options;
  const testing = await Test.createTestingModule({
    ...metadata,
    imports: [OnAuthModule.forRoot({ strategies, ...rest }), HttpModule, ...(metadata.imports ?? [])],
  }).compile();
  return testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
    bodyParser: false,
    logger: false,
  });
}

/** Why the application does not start: the sentence of the refusal, or `undefined` when it starts. */
export async function refusalOf(...parameters: Parameters<typeof buildProbe>): Promise<string | undefined> {
  try {
    const app = await buildProbe(...parameters);
    try {
      await app.init();
    } finally {
      await app.close();
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
