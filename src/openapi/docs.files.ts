import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Injectable, StreamableFile } from '@nestjs/common';
import { PAGE, PAGE_SCRIPT } from './docs.page.js';

const TYPES = {
  'page.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
} as const;

export type DocsFile = keyof typeof TYPES;

/** The files of the page by name, and no others. Those of swagger-ui-dist are read when they are first asked for, and kept. */
@Injectable()
export class DocsFiles {
  private readonly kept = new Map<DocsFile, Promise<Buffer>>();

  async read(file: DocsFile): Promise<StreamableFile> {
    let content = this.kept.get(file);
    if (!content) this.kept.set(file, (content = load(file)));
    return new StreamableFile(await content, { type: TYPES[file] });
  }
}

function load(file: DocsFile): Promise<Buffer> {
  switch (file) {
    case 'page.html':
      return Promise.resolve(Buffer.from(PAGE));
    case 'page.js':
      return Promise.resolve(Buffer.from(PAGE_SCRIPT));
    default:
      return readFile(createRequire(import.meta.url).resolve(`swagger-ui-dist/${file}`));
  }
}
