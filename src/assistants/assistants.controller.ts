import { Controller, Delete, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { mapPage, sendPage } from '../http/page.js';
import { Documented, PAGE_HEADERS } from '../http/documented.decorator.js';
import { COUNT } from '../http/schema/json.schema.js';
import { Authorize, Authorized } from '../on-auth/index.js';
import { presentAssistant } from './assistant.presenter.js';
import { AssistantVersionsService } from './assistant-versions.service.js';
import { AssistantsService } from './assistants.service.js';
import { AssistantId, DeleteAssistant, deleteAssistant, readAssistant } from './dto/assistant-id.dto.js';
import { CreateAssistant, createAssistant } from './dto/create-assistant.dto.js';
import {
  CountAssistants,
  SearchAssistants,
  countAssistants,
  searchAssistants,
} from './dto/search-assistants.dto.js';
import { UpdateAssistant, updateAssistant } from './dto/update-assistant.dto.js';
import { ASSISTANT, FOUND_ASSISTANTS } from './assistant.schemas.js';

@Controller('assistants')
export class AssistantsController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly versions: AssistantVersionsService,
  ) {}

  @Post()
  @HttpCode(200)
  @Authorize('assistants', 'create', createAssistant)
  @Documented('Creates an assistant', { answers: ASSISTANT })
  async create(@Authorized() assistant: CreateAssistant) {
    return presentAssistant(await this.assistants.create(assistant));
  }

  @Post('search')
  @HttpCode(200)
  @Authorize('assistants', 'search', searchAssistants)
  @Documented('Finds assistants', { answers: FOUND_ASSISTANTS, headers: PAGE_HEADERS })
  search(@Authorized() search: SearchAssistants, @Res({ passthrough: true }) reply: FastifyReply) {
    const page = this.assistants.search(search, { mayLag: true });
    return sendPage(
      reply,
      mapPage(page, (assistant) => presentAssistant(assistant, search)),
    );
  }

  @Post('count')
  @HttpCode(200)
  @Authorize('assistants', 'search', countAssistants)
  @Documented('Counts assistants', { answers: COUNT })
  count(@Authorized() criteria: CountAssistants) {
    return this.assistants.count(criteria, { mayLag: true });
  }

  @Get(':assistant_id')
  @Authorize('assistants', 'read', readAssistant)
  @Documented('Reads an assistant', { answers: ASSISTANT })
  async get(@Authorized() { id }: AssistantId) {
    return presentAssistant(await this.assistants.get(id));
  }

  @Patch(':assistant_id')
  @Authorize('assistants', 'update', updateAssistant)
  @Documented('Changes an assistant, as a new version of it', { answers: ASSISTANT })
  async update(@Authorized() change: UpdateAssistant) {
    return presentAssistant(await this.versions.update(change));
  }

  @Delete(':assistant_id')
  @HttpCode(204)
  @Authorize('assistants', 'delete', deleteAssistant, { further: ['threads:search', 'threads:delete'] })
  @Documented('Deletes an assistant', { answers: 'nothing' })
  delete(@Authorized() { id, delete_threads }: DeleteAssistant) {
    return this.assistants.delete(id, { withThreads: delete_threads });
  }
}
