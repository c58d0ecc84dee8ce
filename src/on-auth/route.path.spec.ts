import { describe, expect, it } from '@jest/globals';
import { Controller, Delete, Get, Post, type Type } from '@nestjs/common';
import { routePathOf } from './route.path.js';

@Controller()
class RootController {
  @Get()
  root(): void {}

  @Delete('/papers//:paper_id/')
  remove(): void {}
}

@Controller(['papers', '/old/papers/'])
class PapersController {
  @Post([':paper_id/copy', ':paper_id/sheets/:sheet_id'])
  copy(): void {}

  @Get('files/*path')
  file(): void {}
}

describe('where a route is found', () => {
  it.each<[string, Type, string, string, string[], string[]]>([
    ['the root of everything', RootController, 'root', 'GET', ['/'], []],
    [
      'a path, without slashes too many',
      RootController,
      'remove',
      'DELETE',
      ['/papers/:paper_id'],
      ['paper_id'],
    ],
    [
      'each path of its own on each one of its controller',
      PapersController,
      'copy',
      'POST',
      [
        '/papers/:paper_id/copy',
        '/papers/:paper_id/sheets/:sheet_id',
        '/old/papers/:paper_id/copy',
        '/old/papers/:paper_id/sheets/:sheet_id',
      ],
      ['paper_id', 'sheet_id'],
    ],
    [
      'whatever comes after a path',
      PapersController,
      'file',
      'GET',
      ['/papers/files/*path', '/old/papers/files/*path'],
      ['path'],
    ],
  ])('is %s', (_, controller, method, verb, paths, parameters) => {
    const handler = Reflect.get(controller.prototype as object, method) as object;
    expect(routePathOf(controller, handler)).toStrictEqual({ verb, paths, parameters });
  });
});
