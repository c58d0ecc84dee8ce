import { Injectable } from '@nestjs/common';
import { PassportAuthenticator, RouteRegistry } from '../on-auth/index.js';
import type { OpenApiDocument } from './openapi.document.js';

/** Describes the running application, made when somebody first asks: nothing of it is loaded at start. */
@Injectable()
export class OpenApiService {
  private made: Promise<OpenApiDocument> | undefined;

  constructor(
    private readonly routes: RouteRegistry,
    private readonly authenticator: PassportAuthenticator,
  ) {}

  document(): Promise<OpenApiDocument> {
    return (this.made ??= this.make());
  }

  private async make(): Promise<OpenApiDocument> {
    const { openApiDocument } = await import('./openapi.document.js');
    return openApiDocument(this.routes.requested(), this.authenticator.strategyNames);
  }
}
