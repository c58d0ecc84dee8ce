import { describe, expect, it } from '@jest/globals';
import type { AuthEvent } from './event.js';
import type { DeclaredRoute } from './route.explorer.js';
import { RouteRegistry } from './route.registry.js';
import type { RouteAccess } from './route.js';

class PapersController {
  read(): void {}
  lend(): void {}
}
class BooksController {
  read(): void {}
}

const authorized = (event: string, ...further: string[]): RouteAccess => ({
  kind: 'authorized',
  event: event as unknown as AuthEvent,
  further: further as unknown as AuthEvent[],
  ids: [],
  fixed: [],
  input: { ids: {}, carriers: [], parse: () => ({}), value: () => ({}), accept: () => ({}) },
});

const { read, lend } = PapersController.prototype;
const place = { paths: ['/papers'], parameters: [], controller: PapersController, name: '' };
const reading: DeclaredRoute = { ...place, verb: 'GET', method: read, access: authorized('papers:read') };
const lending: DeclaredRoute = {
  ...place,
  verb: 'POST',
  method: lend,
  access: authorized('papers:lend', 'books:read', 'papers:read'),
};
const open: DeclaredRoute = {
  ...place,
  verb: 'EVENT',
  controller: BooksController,
  method: BooksController.prototype.read,
  access: { kind: 'public' },
};

function registryOf(...routes: readonly DeclaredRoute[]): RouteRegistry {
  const registry = new RouteRegistry();
  for (const route of routes) registry.register(route);
  return registry;
}

describe('the registry of routes', () => {
  it('keeps what each method of each controller declares', () => {
    const registry = registryOf(reading, lending, open);
    expect(registry.accessOf(PapersController, read)).toBe(reading.access);
    expect(registry.accessOf(PapersController, lend)).toBe(lending.access);
    expect(registry.accessOf(BooksController, BooksController.prototype.read)).toBe(open.access);
  });

  it('knows nothing of a method by another controller, nor of one that was not there', () => {
    const registry = registryOf(reading);
    expect(registry.accessOf(BooksController, read)).toBeUndefined();
    expect(registry.accessOf(PapersController, lend)).toBeUndefined();
  });

  it('tells routes and handlers of messages apart', () => {
    const registry = registryOf(reading, open);
    expect(registry.all()).toEqual([reading, open]);
    expect(registry.requested()).toEqual([reading]);
  });

  it('lists every event that is fired once, in order', () => {
    expect(registryOf(reading, lending, open).events()).toEqual(['books:read', 'papers:lend', 'papers:read']);
  });
});
