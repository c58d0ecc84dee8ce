import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { Documented } from '../http/documented.decorator.js';
import { listOf } from '../http/schema/json.schema.js';
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
import { THREAD_STATE, UPDATED_STATE } from './thread.schemas.js';

@Controller('threads/:thread_id')
export class ThreadStateController {
  constructor(private readonly states: ThreadStateService) {}

  @Get('state')
  @Authorize('threads', 'read', readState)
  @Documented('Reads the state of a thread', { answers: THREAD_STATE })
  read(@Authorized() request: ReadState) {
    return this.states.read(request);
  }

  @Get('state/:checkpoint_id')
  @Authorize('threads', 'read', readState)
  @Documented('Reads the state at a checkpoint', { answers: THREAD_STATE })
  readCheckpoint(@Authorized() request: ReadState) {
    return this.states.read(request);
  }

  @Post('state/checkpoint')
  @HttpCode(200)
  @Authorize('threads', 'read', readStateAt)
  @Documented('Reads the state at a checkpoint, that of a subgraph too', { answers: THREAD_STATE })
  readAt(@Authorized() request: ReadStateAt) {
    return this.states.readAt(request);
  }

  @Post('state')
  @HttpCode(200)
  @Authorize('threads', 'update', updateState, { further: ['threads:read'] })
  @Documented('Changes the state of a thread', { answers: UPDATED_STATE })
  update(@Authorized() request: UpdateState) {
    return this.states.update(request);
  }

  @Get('history')
  @Authorize('threads', 'read', readHistory)
  @Documented('Lists the states of a thread, the last one first', { answers: listOf(THREAD_STATE) })
  history(@Authorized() request: ReadHistory) {
    return this.states.history(request);
  }

  @Post('history')
  @HttpCode(200)
  @Authorize('threads', 'read', searchHistory)
  @Documented('Finds states of a thread, the last one first', { answers: listOf(THREAD_STATE) })
  searchHistory(@Authorized() request: SearchHistory) {
    return this.states.history(request);
  }
}
