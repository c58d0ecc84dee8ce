import { IsBoolean, IsString } from 'class-validator';
import { assistantIdOf } from '../../graphs/assistant.id.js';
import { flag } from '../../http/query.parsers.js';
import { routeInput } from '../../http/route.input.js';

/** A route that names one assistant in its path. */
export class AssistantId {
  /** A UUID, or the id of a graph, which stands for its system assistant. */
  @IsString() assistant_id!: string;

  get id(): string {
    return assistantIdOf(this.assistant_id);
  }
}

export class DeleteAssistant extends AssistantId {
  @IsBoolean() delete_threads = false;
}

export const readAssistant = routeInput('assistants:read', {
  type: AssistantId,
  ids: { assistant_id: 'path' },
  value: ({ id }) => ({ assistant_id: id }),
});

export const deleteAssistant = routeInput('assistants:delete', {
  type: DeleteAssistant,
  ids: { assistant_id: 'path' },
  query: { delete_threads: flag },
  value: ({ id }) => ({ assistant_id: id }),
});
