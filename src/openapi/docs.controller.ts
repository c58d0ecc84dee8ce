import { Controller, Get, Res, type StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Documented } from '../http/documented.decorator.js';
import { TEXT } from '../http/schema/json.schema.js';
import { Public } from '../on-auth/index.js';
import { DocsFiles, type DocsFile } from './docs.files.js';

/** The page that shows the OpenAPI document, and sends requests with the token of its "Authorize" box. */
@Controller('docs')
@Public()
export class DocsController {
  constructor(private readonly files: DocsFiles) {}

  @Get()
  @Documented('A page to read this document, and to try it', { answers: TEXT, type: 'text/html' })
  page(@Res({ passthrough: true }) reply: FastifyReply) {
    return this.send('page.html', reply);
  }

  @Get('page.js')
  @Documented('A part of the page', { answers: TEXT, type: 'text/javascript' })
  script(@Res({ passthrough: true }) reply: FastifyReply) {
    return this.send('page.js', reply);
  }

  @Get('swagger-ui-bundle.js')
  @Documented('A part of the page', { answers: TEXT, type: 'text/javascript' })
  bundle(@Res({ passthrough: true }) reply: FastifyReply) {
    return this.send('swagger-ui-bundle.js', reply);
  }

  @Get('swagger-ui.css')
  @Documented('A part of the page', { answers: TEXT, type: 'text/css' })
  style(@Res({ passthrough: true }) reply: FastifyReply) {
    return this.send('swagger-ui.css', reply);
  }

  private async send(file: DocsFile, reply: FastifyReply): Promise<StreamableFile> {
    void reply.headers(SECURITY_HEADERS);
    return this.files.read(file);
  }
}

/**
 * Nothing from another host is loaded, nothing inline runs, nobody frames the page, and nothing that is asked for in it is sent
 * anywhere but here.
 */
const SECURITY_HEADERS = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
} as const;
