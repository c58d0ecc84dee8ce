import { Controller, Get, Header } from '@nestjs/common';
import { Documented } from '../http/documented.decorator.js';
import { OBJECT } from '../http/schema/json.schema.js';
import { Public } from '../on-auth/index.js';
import { OpenApiService } from './openapi.service.js';

@Controller()
export class OpenApiController {
  constructor(private readonly openApi: OpenApiService) {}

  @Get('openapi.json')
  @Public()
  @Header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
  @Documented('This document', { answers: OBJECT })
  document() {
    return this.openApi.document();
  }
}
