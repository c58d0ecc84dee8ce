import { Module, type DynamicModule } from '@nestjs/common';
import { DocsController } from './docs.controller.js';
import { DocsFiles } from './docs.files.js';
import { OpenApiController } from './openapi.controller.js';
import { OPENAPI_OPTIONS, OpenApiService, type OpenApiOptions } from './openapi.service.js';

/** `/openapi.json` and the page at `/docs`. */
@Module({})
export class OpenApiModule {
  static forRoot(options: OpenApiOptions = {}): DynamicModule {
    return {
      module: OpenApiModule,
      controllers: [OpenApiController, DocsController],
      providers: [OpenApiService, DocsFiles, { provide: OPENAPI_OPTIONS, useValue: options }],
    };
  }
}
