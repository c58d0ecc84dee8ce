import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Post, type Type } from '@nestjs/common';
import { IsOptional, IsString } from 'class-validator';
import { CarriesIds } from '../../src/http/id.carriers.js';
import { routeInput } from '../../src/http/route.input.js';
import { IsId, IsIdList, IsOptionalObject } from '../../src/http/validation.js';
import { Authorize, Public, idsWithin, type RouteIds, type RouteInput } from '../../src/on-auth/index.js';
import { readNote, refusalOf } from './probe.application.js';

class NoteRequest {
  @IsId() note_id!: string;
  @IsOptional() @IsId() parent_id?: string;
  @IsOptional() @IsIdList() ids?: string[];
  @IsOptional() @IsString() @CarriesIds() before?: string;
  @IsOptionalObject() @CarriesIds('note_id', 'deep.parent_id') reference?: object;
  @IsOptionalObject() metadata?: object;
}

const REFERENCE = idsWithin('reference', { note_id: 'body', 'deep.parent_id': 'body' });
const COMPLETE: RouteIds = {
  note_id: 'path',
  parent_id: 'body',
  ids: 'body',
  before: 'query',
  ...REFERENCE,
};

const inputWith = (ids: RouteIds): RouteInput<'notes:read', NoteRequest> =>
  routeInput('notes:read', {
    type: NoteRequest,
    ids,
    query: { before: (raw) => raw },
    value: ({ note_id }) => ({ note_id }),
  });

function controllerOf(input: RouteInput<'notes:read'>, path = ':note_id'): Type {
  @Controller('notes')
  class NotesController {
    @Post(path)
    @Authorize('notes', 'read', input)
    ask() {
      return {};
    }
  }
  return NotesController;
}

const refusalFor = (input: RouteInput<'notes:read'>, path?: string) =>
  refusalOf({ controllers: [controllerOf(input, path)] });

const without = (name: string): RouteIds =>
  Object.fromEntries(Object.entries(COMPLETE).filter(([id]) => id !== name));

describe('the ids of a route', () => {
  it('let the boot succeed when every one of them is declared', async () => {
    expect(await refusalFor(inputWith(COMPLETE))).toBeUndefined();
  });

  it.each(Object.keys(COMPLETE).filter((name) => name !== 'note_id'))(
    'stop the boot when %s can come with the request and is not declared',
    async (name) => {
      expect(await refusalFor(inputWith(without(name)))).toBe(
        `WiringError: NotesController.ask takes ${name} in its request and does not declare it; add ${name} to the ids of its input.`,
      );
    },
  );

  it('stop the boot when a part of the path is not declared', async () => {
    expect(await refusalFor(inputWith(COMPLETE), ':note_id/pages/:page')).toBe(
      'WiringError: NotesController.ask takes page in its path and does not declare it; add page to the ids of its input.',
    );
  });

  it('stop the boot when one is declared in a path that has none', async () => {
    expect(await refusalFor(inputWith(COMPLETE), 'all')).toBe(
      'WiringError: NotesController.ask declares note_id in its path, which has none; correct the path or the ids of its input.',
    );
  });

  it('stop the boot when an input written by hand does not say what can carry one', async () => {
    const { carriers: _carriers, ...input } = readNote;
    expect(await refusalFor(input as RouteInput<'notes:read'>)).toBe(
      'WiringError: NotesController.ask has an input that does not say what can carry an id; make it with routeInput(...) or list its carriers.',
    );
  });

  it('stop the boot when an input written by hand forgets one that it lists', async () => {
    const input = { ...readNote, carriers: ['author_id'] };
    expect(await refusalFor(input)).toBe(
      'WiringError: NotesController.ask takes author_id in its request and does not declare it; add author_id to the ids of its input.',
    );
  });

  it('are also asked for where a route is inherited', async () => {
    class DerivedController extends controllerOf(inputWith(without('ids'))) {}
    Controller('derived')(DerivedController);
    expect(await refusalOf({ controllers: [DerivedController] })).toMatch(
      /^WiringError: DerivedController\.ask takes ids in its request/,
    );
  });

  it('are not asked of a public route, whose reach ends before everything that is scoped', async () => {
    @Controller('open')
    class OpenController {
      @Get(':note_id')
      @Public()
      read() {
        return {};
      }
    }
    expect(await refusalOf({ controllers: [OpenController] })).toBeUndefined();
  });
});
