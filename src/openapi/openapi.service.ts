import { Inject, Injectable } from '@nestjs/common';
import { PassportAuthenticator, RouteRegistry } from '../on-auth/index.js';
import type { OpenApiDocument } from './openapi.document.js';
import { securityOf, type SecurityDocumentation } from './security.schemes.js';

export const OPENAPI_OPTIONS = Symbol('OpenApiOptions');

export interface OpenApiOptions {
  /** Told by the strategies of the application unless given. */
  readonly security?: SecurityDocumentation;
}

/** Describes the running application, made when somebody first asks: nothing of it is loaded at start. */
@Injectable()
export class OpenApiService {
  private made: Promise<OpenApiDocument> | undefined;

  constructor(
    private readonly routes: RouteRegistry,
    private readonly authenticator: PassportAuthenticator,
    @Inject(OPENAPI_OPTIONS) private readonly options: OpenApiOptions,
  ) {}

  document(): Promise<OpenApiDocument> {
    return (this.made ??= this.make());
  }

  private async make(): Promise<OpenApiDocument> {
    const { openApiDocument } = await import('./openapi.document.js');
    const security = this.options.security ?? securityOf(this.authenticator.strategyNames);
    return openApiDocument(this.routes.requested(), security);
  }
}
