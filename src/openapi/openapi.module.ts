import { Module } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { DocsFiles } from './docs.files.js';
import { OpenApiController } from './openapi.controller.js';
import { OpenApiService } from './openapi.service.js';

/** `/openapi.json` and the page at `/docs`. */
@Module({ controllers: [OpenApiController, DocsController], providers: [OpenApiService, DocsFiles] })
export class OpenApiModule {}
