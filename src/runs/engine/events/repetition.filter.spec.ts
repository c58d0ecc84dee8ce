import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from './run-event.entity.js';
import { RepetitionFilter } from './repetition.filter.js';
import { StepTracker } from './step.tracker.js';

function stored(step: number | null, event: string, data: unknown): StoredEvent {
  return { step, event, data: JSON.stringify(data) } as StoredEvent;
}

describe('a later attempt', () => {
  it('repeats an event as often as it was recorded, in the same step', () => {
    const filter = new RepetitionFilter([stored(1, 'custom', 'a'), stored(1, 'custom', 'a')], 0);
    expect(filter.isRepetition(1, 'custom', 'a')).toBe(true);
    expect(filter.isRepetition(2, 'custom', 'a')).toBe(false);
    expect(filter.isRepetition(1, 'updates', 'a')).toBe(false);
    expect(filter.isRepetition(1, 'custom', 'a')).toBe(true);
    expect(filter.isRepetition(1, 'custom', 'a')).toBe(false);
  });

  it('repeats an event whatever the order of its keys', () => {
    const filter = new RepetitionFilter([stored(1, 'values', { a: 1, b: { c: 2, d: [3] } })], 0);
    expect(filter.isRepetition(1, 'values', { b: { d: [3], c: 2 }, a: 1 })).toBe(true);
  });

  it('does not repeat what differs', () => {
    const filter = new RepetitionFilter([stored(1, 'values', { list: [1, 2] })], 0);
    expect(filter.isRepetition(1, 'values', { list: [2, 1] })).toBe(false);
    expect(filter.isRepetition(1, 'values', { list: ['1', 2] })).toBe(false);
  });

  it('repeats the update of a node that did not have to be executed again', () => {
    const filter = new RepetitionFilter([stored(1, 'updates', { node: { a: 1 } })], 0);
    expect(filter.isRepetition(1, 'updates', { node: { a: 1 }, __metadata__: { cached: true } })).toBe(true);
  });

  it('counts what came before the first checkpoint as of the step before', () => {
    const filter = new RepetitionFilter([stored(null, 'values', {})], 4);
    expect(filter.isRepetition(4, 'values', {})).toBe(true);
  });
});

describe('the place of an event', () => {
  const announcement = (step: number) => ({ event: 'checkpoints', data: { metadata: { step } } });
  const update = { event: 'updates', data: {} };

  it('is the step that was announced last', () => {
    const tracker = new StepTracker(false);
    expect(tracker.place(update)).toEqual({ event: update, step: null });
    expect(tracker.place(announcement(3))).toBeUndefined();
    expect(tracker.place(update)).toEqual({ event: update, step: 3 });
    expect(tracker.current).toBe(3);
  });

  it('of an announcement that is shown is the step before', () => {
    const tracker = new StepTracker(true);
    tracker.place(announcement(3));
    const next = announcement(4);
    expect(tracker.place(next)).toEqual({ event: next, step: 3 });
  });

  it('does not follow the checkpoints of subgraphs', () => {
    const tracker = new StepTracker(false);
    tracker.place(announcement(3));
    const nested = { event: 'checkpoints|child:1', data: { metadata: { step: 9 } } };
    expect(tracker.place(nested)).toEqual({ event: nested, step: 3 });
  });
});
