import { describe, expect, it } from '@jest/globals';
import type { StreamMode } from '../../../src/graphs/execution/run.request.js';
import type { RunEvent } from '../../../src/runs/engine/run.engine.js';
import { eventsOfModes } from '../../../src/runs/run.event.filter.js';
import { contentLocation, joinLocation, streamLocation } from '../../../src/runs/run.locations.js';

const NAMES = [
  'metadata',
  'values',
  'values|child:1',
  'updates',
  'messages',
  'messages/partial',
  'messages/complete|child:1',
  'custom',
  'error',
];

async function* all(): AsyncIterable<RunEvent> {
  for (const [id, event] of NAMES.entries())
    yield await Promise.resolve({ id, event, data: null, json: 'null' });
}

async function namesOf(modes: readonly StreamMode[]): Promise<string[]> {
  const names: string[] = [];
  for await (const { event } of eventsOfModes(all(), modes)) names.push(event);
  return names;
}

describe('a stream that is joined for some modes', () => {
  it.each<[StreamMode[], string[]]>([
    [[], NAMES],
    [['values'], ['metadata', 'values', 'values|child:1', 'error']],
    [['messages'], ['metadata', 'messages/partial', 'messages/complete|child:1', 'error']],
    [['messages-tuple'], ['metadata', 'messages', 'error']],
    [
      ['updates', 'custom'],
      ['metadata', 'updates', 'custom', 'error'],
    ],
    [['debug'], ['metadata', 'error']],
  ])('has for %j', async (modes, names) => {
    expect(await namesOf(modes)).toEqual(names);
  });
});

describe('where a run is found', () => {
  const run = { thread_id: 't', run_id: 'r' };

  it('ends with the id of the run, which clients read from it', () => {
    expect(contentLocation(run)).toBe('/threads/t/runs/r');
    expect(contentLocation({ run_id: 'r' })).toBe('/runs/r');
  });

  it('names the stream modes that were asked for', () => {
    expect(streamLocation(run, ['values', 'messages-tuple'])).toBe(
      '/threads/t/runs/r/stream?stream_mode=values&stream_mode=messages-tuple',
    );
    expect(streamLocation(run, [])).toBe('/threads/t/runs/r/stream');
    expect(joinLocation(run)).toBe('/threads/t/runs/r/join');
  });
});
