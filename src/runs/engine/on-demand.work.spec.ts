import { describe, expect, it } from '@jest/globals';
import { OnDemandWork } from './on-demand.work.js';

describe('work on demand', () => {
  it('is done once more for all that ask while it is being done', async () => {
    const steps: string[] = [];
    const work = new OnDemandWork(async () => {
      steps.push('begin');
      await new Promise((resolve) => setTimeout(resolve, 5));
      steps.push('end');
    });
    const first = work.ask();
    await Promise.resolve();
    await Promise.all([first, work.ask(), work.ask(), work.ask()]);
    expect(steps).toEqual(['begin', 'end', 'begin', 'end']);
    await work.ask();
    expect(steps).toHaveLength(6);
  });
});
