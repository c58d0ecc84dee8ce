import type { IncomingMessage } from 'node:http';
import {
  Inject,
  Module,
  Optional,
  type DynamicModule,
  type FactoryProvider,
  type OnModuleInit,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { DetailExceptionFilter } from './exception.filter.js';
import { DEFAULT_BODY_LIMIT, readJsonBody } from './json-body.reader.js';

export const HTTP_OPTIONS = Symbol('HttpOptions');

export interface HttpOptions {
  /** The largest request body, in bytes. 10 MiB unless given. */
  readonly bodyLimit?: number;
  /** The paths of the only routes that there are, such as `/ok`. All of them unless given. */
  readonly onlyRoutes?: readonly string[];
}

export interface HttpModuleAsyncOptions {
  readonly inject: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => HttpOptions;
}

/** The HTTP edge: bodies are read by the guard after authentication, and every fault is answered as `{"detail"}`. */
@Module({ providers: [{ provide: APP_FILTER, useClass: DetailExceptionFilter }] })
export class HttpModule implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    @Optional() @Inject(HTTP_OPTIONS) private readonly options: HttpOptions = {},
  ) {}

  static forRootAsync({ inject, useFactory }: HttpModuleAsyncOptions): DynamicModule {
    return { module: HttpModule, providers: [{ provide: HTTP_OPTIONS, inject, useFactory }] };
  }

  onModuleInit(): void {
    const fastify = this.adapterHost.httpAdapter.getInstance<FastifyInstance>();
    const limit = this.options.bodyLimit ?? DEFAULT_BODY_LIMIT;
    const { onlyRoutes } = this.options;
    fastify.addHook('onRequest', (request, reply, done) => {
      hideMalformedType(request.raw);
      const { url } = request.routeOptions;
      // Answered as a route that does not exist: there is none, as far as this process is concerned.
      if (onlyRoutes && url !== undefined && !onlyRoutes.includes(url)) reply.callNotFound();
      else done();
    });
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser('*', (_request, _payload, done) => done(null));
    fastify.decorateRequest('readBody', function readBody(this: { raw: IncomingMessage }) {
      return readJsonBody(this.raw, limit);
    });
    fastify.addHook('onSend', (_request, reply, payload, done) => {
      void reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store');
      done(null, payload);
    });
  }
}

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

/** Fastify would answer a malformed content type by itself, before anybody was authenticated. The body reader refuses this one. */
function hideMalformedType({ headers }: IncomingMessage): void {
  const type = headers['content-type'];
  if (type && !MEDIA_TYPE.test(type)) headers['content-type'] = 'application/octet-stream';
}
