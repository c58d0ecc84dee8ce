import { describe, expect, it } from '@jest/globals';
import { ghostOf } from '../../src/testing/replay/ghost.js';

const ID = '0197f0c8-5d35-7b1e-8f53-0a1b2c3d4e5f';
const GHOST = '0197f0c8-5d35-7b1e-8f53-0a1b2c3ddead';

describe('what never existed', () => {
  it.each([
    ['a UUID', ID, GHOST],
    ['an id of 32 digits', ID.replaceAll('-', ''), GHOST.replaceAll('-', '')],
    ['a number', 7, 1_000_000_014],
    ['somebody', ['alice', 'notes'], ['elice', 'notes']],
    ['a list of ids', [ID], [GHOST]],
    ['a map of ids', { [ID]: { id: ID } }, { [GHOST]: { id: GHOST } }],
  ])('stands next to what does: %s', (_, value, ghost) => {
    expect(ghostOf<unknown>(value)).toEqual(ghost);
  });

  it('is another one for what is a ghost already', () => {
    expect(ghostOf(GHOST)).toBe('0197f0c8-5d35-7b1e-8f53-0a1b2c3dbeef');
  });

  it('cannot be told from a name', () => {
    expect(ghostOf('quarterly-report')).toBe('quarterly-report');
  });
});
