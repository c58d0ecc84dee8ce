import type { Superstep } from '../../graphs/execution/graph.state.js';
import type { RunCommand } from '../../graphs/execution/run.request.js';
import { TEXT, nullable } from '../../http/schema/json.schema.js';
import { rule } from '../../http/validation.js';
import { COMMAND, isCommand } from './command.validation.js';

/** A past that a thread is created with, as clients send it. */
export interface SuperstepDto {
  readonly updates: readonly {
    readonly values?: unknown;
    readonly command?: RunCommand | null;
    readonly as_node?: string | null;
  }[];
}

const MAX_SUPERSTEPS = 1000;

const UPDATE = {
  type: 'object',
  properties: { values: {}, command: nullable(COMMAND), as_node: nullable(TEXT) },
} as const;

export function IsSupersteps(): PropertyDecorator {
  return rule('isSupersteps', {
    validate: (value) => Array.isArray(value) && value.length <= MAX_SUPERSTEPS && value.every(isSuperstep),
    problem: () => 'must be a list of { updates: [{ values, command, as_node }] }',
    schema: {
      type: 'array',
      maxItems: MAX_SUPERSTEPS,
      items: {
        type: 'object',
        properties: { updates: { type: 'array', minItems: 1, items: UPDATE } },
        required: ['updates'],
      },
    },
  });
}

export function superstepsOf(supersteps: readonly SuperstepDto[]): readonly Superstep[] {
  return supersteps.map(({ updates }) => ({
    updates: updates.map(({ values, command, as_node }) => ({
      values,
      ...(command && { command }),
      ...(as_node && { asNode: as_node }),
    })),
  }));
}

function isSuperstep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('updates' in value)) return false;
  return Array.isArray(value.updates) && value.updates.length > 0 && value.updates.every(isUpdate);
}

function isUpdate(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { command, as_node } = value as Record<string, unknown>;
  return (isAbsent(command) || isCommand(command)) && (isAbsent(as_node) || typeof as_node === 'string');
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}
