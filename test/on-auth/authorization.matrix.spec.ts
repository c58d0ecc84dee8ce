import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Injectable, Post } from '@nestjs/common';
import { Authorize, AuthorizationMatrix, OnAuth, Public, type RouteInput } from '../../src/on-auth/index.js';
import { buildProbe, createNote, readNote } from './probe.application.js';

const compareNotes: RouteInput<'notes:read', { note_id: string }> = {
  ...readNote,
  ids: {
    note_id: 'path',
    'with.note_id': { in: 'body', refusal: 'empty' },
    'with.file_id': { in: 'body', resource: 'files' },
    after: { in: 'header', resource: 'none', refusal: 'ignored' },
  },
};

const notesOf: RouteInput<'notes:search', object> = {
  ids: {
    file_id: { in: 'query', resource: 'files' },
    folder_id: { in: 'query', resource: 'files' },
  },
  carriers: [],
  parse: ({ query }) => query as object,
  value: () => ({ metadata: {}, limit: 10 }),
  accept: (input) => input,
};

@Controller(['notes', 'old/notes'])
class NotesController {
  @Get('about')
  @Public()
  about() {
    return {};
  }

  @Post(':note_id/compare')
  @Authorize('notes', 'read', compareNotes, { further: ['files:read', 'notes:create'] })
  compare() {
    return {};
  }

  @Post()
  @Authorize('notes', 'create', { ...createNote, ids: {}, carriers: [] })
  create() {
    return {};
  }

  @Get()
  @Authorize('notes', 'search', notesOf)
  search() {
    return [];
  }
}

@Injectable()
class FilesPolicy {
  @OnAuth('files')
  any() {
    return true;
  }
}

async function matrixOf(): Promise<AuthorizationMatrix> {
  const app = await buildProbe({ controllers: [NotesController], providers: [FilesPolicy] });
  await app.init();
  await app.close();
  return app.get(AuthorizationMatrix);
}

describe('the authorization matrix', () => {
  it('lists every path of every route with its event, by path', async () => {
    const rows = (await matrixOf()).rows();
    expect(rows.map(({ route, event, name }) => `${route} ${event} ${name}`)).toEqual([
      'GET /notes notes:search NotesController.search',
      'POST /notes notes:create NotesController.create',
      'POST /notes/:note_id/compare notes:read NotesController.compare',
      'GET /notes/about public NotesController.about',
      'GET /old/notes notes:search NotesController.search',
      'POST /old/notes notes:create NotesController.create',
      'POST /old/notes/:note_id/compare notes:read NotesController.compare',
      'GET /old/notes/about public NotesController.about',
    ]);
  });

  it('says of every id where it is, whose filter covers it and how it is refused', async () => {
    const [, , { ids }, open] = (await matrixOf()).rows();
    expect(ids.map(({ at, in: source, resource, refusal }) => [at, source, resource, refusal])).toEqual([
      ['note_id', 'path', 'notes', 404],
      ['with.note_id', 'body', 'notes', 'empty'],
      ['with.file_id', 'body', 'files', 404],
      ['after', 'header', 'none', 'ignored'],
    ]);
    expect(open.ids).toEqual([]);
  });

  it('names the further events of a use case, which handlers may be registered for', async () => {
    const [, , { further }] = (await matrixOf()).rows();
    expect(further).toEqual(['files:read', 'notes:create']);
  });

  it('is a table in Markdown, in which what belongs together is at the same height', async () => {
    const [head, line, ...rows] = (await matrixOf()).markdown().split('\n');
    expect(head).toBe('| route | event | further events | ids | filter applied to | refusal |');
    expect(line).toBe('| --- | --- | --- | --- | --- | --- |');
    expect(rows[0]).toBe(
      '| `GET /notes` | `notes:search` |  | –<br>query: `file_id`, `folder_id` ' +
        '| `notes`<br>`files` | an answer without the row<br>404 |',
    );
    expect(rows[1]).toBe('| `POST /notes` | `notes:create` |  | – | `notes` | an answer without the row |');
    expect(rows[2]).toBe(
      '| `POST /notes/:note_id/compare` | `notes:read` | `files:read`<br>`notes:create` ' +
        '| path: `note_id`<br>body: `with.note_id`<br>body: `with.file_id`<br>header: `after` ' +
        '| `notes`<br>`notes`<br>`files`<br>– | 404<br>an answer without the row<br>404<br>ignored |',
    );
    expect(rows[3]).toBe('| `GET /notes/about` | public |  | – | – | – |');
  });
});
