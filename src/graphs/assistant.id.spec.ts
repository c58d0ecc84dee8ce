import { describe, expect, it } from '@jest/globals';
import { assistantIdOf } from './assistant.id.js';

describe('assistantIdOf', () => {
  it('names the system assistant of a graph as the reference server does', () => {
    expect(assistantIdOf('agent')).toBe('fe096781-5601-53d2-b2f6-0d3403f7e9ca');
  });

  it('keeps the id of an assistant, in lower case', () => {
    expect(assistantIdOf('01A2015D-5CEC-76BE-AF70-F9A24E5F3744')).toBe(
      '01a2015d-5cec-76be-af70-f9a24e5f3744',
    );
  });

  it('hashes what only looks like an id', () => {
    expect(assistantIdOf('{01a2015d-5cec-76be-af70-f9a24e5f3744}')).not.toContain('{');
  });
});
