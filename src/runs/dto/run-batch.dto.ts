import { UnprocessableEntityException } from '@nestjs/common';
import { parseObject, rawBodyOf } from '../../http/route.input.js';
import type { RouteIds, RouteInput } from '../../on-auth/index.js';
import { CreateRun, createRun } from './create-run.dto.js';

export const MAX_BATCH_SIZE = 100;

/** The body of `POST /runs/batch`: the first run, which the route's own event is about, and the others. */
export interface CreateRunBatch {
  readonly first: CreateRun;
  readonly others: readonly CreateRun[];
}

export const createRunBatch: RouteInput<'threads:create_run', CreateRunBatch> = {
  ids: ofElements(createRun.ids),
  carriers: createRun.carriers,
  shape: createRun.shape && { ...createRun.shape, listOf: MAX_BATCH_SIZE },
  async parse(request) {
    const body = await rawBodyOf(request);
    if (!Array.isArray(body) || body.length < 1 || body.length > MAX_BATCH_SIZE) {
      throw new UnprocessableEntityException(`the body must be a list of 1 to ${MAX_BATCH_SIZE} runs`);
    }
    const [first, ...others] = body.map(parseElement);
    return { first, others };
  },
  value: ({ first }, principal) => createRun.value(first, principal),
  accept: ({ first, others }, value) => ({ first: createRun.accept(first, value), others }),
};

function parseElement(element: unknown, index: number): CreateRun {
  try {
    return parseObject(CreateRun, element, ['input']);
  } catch (error) {
    if (!(error instanceof UnprocessableEntityException)) throw error;
    throw new UnprocessableEntityException(`[${index}]: ${error.message}`);
  }
}

function ofElements(ids: RouteIds): RouteIds {
  const elements = Object.entries(ids).map(([name, declared]) => {
    const id = typeof declared === 'string' ? { in: declared } : declared;
    return [name, { ...id, at: `[].${name}` }];
  });
  return Object.fromEntries(elements) as RouteIds;
}
