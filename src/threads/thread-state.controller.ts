import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Authorize, Authorized } from '../on-auth/index.js';
import {
  ReadHistory,
  ReadState,
  ReadStateAt,
  SearchHistory,
  UpdateState,
  readHistory,
  readState,
  readStateAt,
  searchHistory,
  updateState,
} from './dto/thread-state.dto.js';
import { ThreadStateService } from './thread-state.service.js';

@Controller('threads/:thread_id')
export class ThreadStateController {
  constructor(private readonly states: ThreadStateService) {}

  @Get('state')
  @Authorize('threads', 'read', readState)
  read(@Authorized() request: ReadState) {
    return this.states.read(request);
  }

  @Get('state/:checkpoint_id')
  @Authorize('threads', 'read', readState)
  readCheckpoint(@Authorized() request: ReadState) {
    return this.states.read(request);
  }

  @Post('state/checkpoint')
  @HttpCode(200)
  @Authorize('threads', 'read', readStateAt)
  readAt(@Authorized() request: ReadStateAt) {
    return this.states.readAt(request);
  }

  @Post('state')
  @HttpCode(200)
  @Authorize('threads', 'update', updateState, { further: ['threads:read'] })
  update(@Authorized() request: UpdateState) {
    return this.states.update(request);
  }

  @Get('history')
  @Authorize('threads', 'read', readHistory)
  history(@Authorized() request: ReadHistory) {
    return this.states.history(request);
  }

  @Post('history')
  @HttpCode(200)
  @Authorize('threads', 'read', searchHistory)
  searchHistory(@Authorized() request: SearchHistory) {
    return this.states.history(request);
  }
}
