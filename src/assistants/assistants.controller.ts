import { Controller, Delete, Get, HttpCode, Patch, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { mapPage, sendPage } from '../http/page.js';
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

@Controller('assistants')
export class AssistantsController {
  constructor(
    private readonly assistants: AssistantsService,
    private readonly versions: AssistantVersionsService,
  ) {}

  @Post()
  @HttpCode(200)
  @Authorize('assistants', 'create', createAssistant)
  async create(@Authorized() assistant: CreateAssistant) {
    return presentAssistant(await this.assistants.create(assistant));
  }

  @Post('search')
  @HttpCode(200)
  @Authorize('assistants', 'search', searchAssistants)
  search(@Authorized() search: SearchAssistants, @Res({ passthrough: true }) reply: FastifyReply) {
    const page = this.assistants.search(search);
    return sendPage(
      reply,
      mapPage(page, (assistant) => presentAssistant(assistant, search)),
    );
  }

  @Post('count')
  @HttpCode(200)
  @Authorize('assistants', 'search', countAssistants)
  count(@Authorized() criteria: CountAssistants) {
    return this.assistants.count(criteria);
  }

  @Get(':assistant_id')
  @Authorize('assistants', 'read', readAssistant)
  async get(@Authorized() { id }: AssistantId) {
    return presentAssistant(await this.assistants.get(id));
  }

  @Patch(':assistant_id')
  @Authorize('assistants', 'update', updateAssistant)
  async update(@Authorized() change: UpdateAssistant) {
    return presentAssistant(await this.versions.update(change));
  }

  @Delete(':assistant_id')
  @HttpCode(204)
  @Authorize('assistants', 'delete', deleteAssistant, { further: ['threads:search', 'threads:delete'] })
  delete(@Authorized() { id, delete_threads }: DeleteAssistant) {
    return this.assistants.delete(id, { withThreads: delete_threads });
  }
}
