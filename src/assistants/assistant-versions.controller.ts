import { Controller, HttpCode, Post } from '@nestjs/common';
import { Authorize, Authorized } from '../on-auth/index.js';
import { presentAssistant, presentVersion } from './assistant.presenter.js';
import { AssistantVersionsService } from './assistant-versions.service.js';
import {
  ListVersions,
  SetLatestVersion,
  listVersions,
  setLatestVersion,
} from './dto/assistant-versions.dto.js';

@Controller('assistants/:assistant_id')
export class AssistantVersionsController {
  constructor(private readonly versions: AssistantVersionsService) {}

  @Post('versions')
  @HttpCode(200)
  @Authorize('assistants', 'read', listVersions)
  async list(@Authorized() search: ListVersions) {
    return (await this.versions.list(search)).map(presentVersion);
  }

  @Post('latest')
  @HttpCode(200)
  @Authorize('assistants', 'update', setLatestVersion)
  async setLatest(@Authorized() choice: SetLatestVersion) {
    return presentAssistant(await this.versions.setLatest(choice));
  }
}
