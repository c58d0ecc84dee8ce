import { Controller, HttpCode, Post } from '@nestjs/common';
import { Documented } from '../http/documented.decorator.js';
import { Authorize, Authorized } from '../on-auth/index.js';
import { presentAssistant, presentVersion } from './assistant.presenter.js';
import { AssistantVersionsService } from './assistant-versions.service.js';
import {
  ListVersions,
  SetLatestVersion,
  listVersions,
  setLatestVersion,
} from './dto/assistant-versions.dto.js';
import { ASSISTANT, ASSISTANT_VERSIONS } from './assistant.schemas.js';

@Controller('assistants/:assistant_id')
export class AssistantVersionsController {
  constructor(private readonly versions: AssistantVersionsService) {}

  @Post('versions')
  @HttpCode(200)
  @Authorize('assistants', 'read', listVersions)
  @Documented('Lists the versions of an assistant', { answers: ASSISTANT_VERSIONS })
  async list(@Authorized() search: ListVersions) {
    return (await this.versions.list(search)).map(presentVersion);
  }

  @Post('latest')
  @HttpCode(200)
  @Authorize('assistants', 'update', setLatestVersion)
  @Documented('Goes back to a version', { answers: ASSISTANT })
  async setLatest(@Authorized() choice: SetLatestVersion) {
    return presentAssistant(await this.versions.setLatest(choice));
  }
}
