import { Injectable, NotFoundException } from '@nestjs/common';
import type { Assistant } from '../assistants/assistant.entity.js';
import { AssistantsService } from '../assistants/assistants.service.js';
import { assistantIdOf } from '../graphs/assistant.id.js';
import { Authorizer } from '../on-auth/index.js';

/** Finds the assistant that a run or a cron names, under an `assistants:read` decision of its own. */
@Injectable()
export class AssistantFinder {
  constructor(
    private readonly authorizer: Authorizer,
    private readonly assistants: AssistantsService,
  ) {}

  /**
   * @param given the id of an assistant, or of a graph
   * @throws NotFoundException when the assistant is not there, or not visible
   * @throws ForbiddenError when it is denied
   */
  async get(given: string): Promise<Assistant> {
    const assistant_id = assistantIdOf(given);
    const find = () => this.assistants.runnable(assistant_id);
    const assistant = await this.authorizer.within('assistants:read', { assistant_id }, find);
    if (assistant) return assistant;
    throw new NotFoundException(
      `No assistant found for "${given}". Make sure the assistant ID is for a valid assistant or a valid graph ID.`,
    );
  }
}
