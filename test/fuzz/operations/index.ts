import fc from 'fast-check';
import { MAX_PARTS } from '../support/cast.js';
import type { Operation, Step } from '../support/operation.js';
import { assistantOperations } from './assistants.operations.js';
import { cronOperations } from './crons.operations.js';
import { runOperations } from './runs.operations.js';
import { storeOperations } from './store.operations.js';
import { threadStateOperations } from './thread-states.operations.js';
import { threadOperations } from './threads.operations.js';

const operations: readonly Operation[] = [
  ...threadOperations,
  ...threadStateOperations,
  ...runOperations,
  ...assistantOperations,
  ...cronOperations,
  ...storeOperations,
];

const MAX_STEPS = 90;

const step: fc.Arbitrary<Step> = fc
  .tuple(
    fc.integer({ min: 0, max: MAX_PARTS * 6 }),
    fc.oneof(...operations.map(({ weight, drawn }) => ({ weight, arbitrary: drawn }))),
  )
  .map(([actor, drawn]) => ({ ...drawn, actor }));

/** What is asked, one after the other. */
export const steps: fc.Arbitrary<readonly Step[]> = fc.array(step, {
  minLength: 1,
  maxLength: MAX_STEPS,
  size: 'max',
});
