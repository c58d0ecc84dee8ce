import { IsBoolean, IsOptional, IsString } from 'class-validator';
import { flag, text, type QueryParser } from '../../http/query.parsers.js';
import { routeInput } from '../../http/route.input.js';
import { COUNT } from '../../http/schema/json.schema.js';
import { rule } from '../../http/validation.js';
import { AssistantId } from './assistant-id.dto.js';

/** The query of `GET /assistants/{assistant_id}/graph`. */
export class DrawGraph extends AssistantId {
  /** Whether subgraphs are drawn in place of their nodes, or how many levels of them. */
  @IsXray() xray: boolean | number = false;
}

/** The path and query of `GET /assistants/{assistant_id}/subgraphs[/{namespace}]`. */
export class ListSubgraphs extends AssistantId {
  /** The path of one subgraph, such as `child|grandchild`; as a part of the URL's path, or in its query. */
  @IsOptional() @IsString() namespace?: string;
  @IsBoolean({ message: '$property must be true or false' }) recurse = false;
}

/** `true`, `false` or a number; here 1 is a depth and no flag. */
const xray: QueryParser = (raw) => {
  const value = text(raw);
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : flag(value);
};

export const drawGraph = routeInput('assistants:read', {
  type: DrawGraph,
  ids: { assistant_id: 'path' },
  query: { xray },
  value: ({ id }) => ({ assistant_id: id }),
});

export const listSubgraphs = routeInput('assistants:read', {
  type: ListSubgraphs,
  ids: { assistant_id: 'path', namespace: { in: 'query', resource: 'none', refusal: 'empty' } },
  query: { namespace: text, recurse: flag },
  value: ({ id }) => ({ assistant_id: id }),
});

function IsXray(): PropertyDecorator {
  return rule('isXray', {
    validate: (value) => typeof value === 'boolean' || typeof value === 'number',
    problem: () => 'must be true, false or a number of levels',
    schema: { anyOf: [{ type: 'boolean' }, COUNT] },
  });
}
