import { ValidateBy, buildMessage } from 'class-validator';
import {
  MAX_WANTED_LISTS,
  MAX_WANTED_NODES,
  countNodes,
  listDepth,
} from '../persistence/containment/containment.js';

/** A document to search for: not larger than SQL for it may grow. */
export function IsSearchable(): PropertyDecorator {
  return ValidateBy({
    name: 'isSearchable',
    validator: {
      validate: (value: unknown) =>
        countNodes(value) <= MAX_WANTED_NODES && listDepth(value) <= MAX_WANTED_LISTS,
      defaultMessage: buildMessage(
        () =>
          `$property must not hold more than ${MAX_WANTED_NODES} values, nor more than ${MAX_WANTED_LISTS} lists in each other`,
      ),
    },
  });
}
