import { Controller, Get, type StreamableFile } from '@nestjs/common';
import { sseAnswer } from '../http/sse.writer.js';
import { Documented } from '../http/documented.decorator.js';
import { Authorize, Authorized } from '../on-auth/index.js';
import { ThreadsService } from '../threads/threads.service.js';
import { AnswerHolder } from './access/answer.holder.js';
import { StreamThread, streamThread } from './dto/stream-thread.dto.js';
import { ThreadStream } from './thread.stream.js';

@Controller('threads/:thread_id')
export class ThreadStreamController {
  constructor(
    private readonly threads: ThreadsService,
    private readonly stream: ThreadStream,
    private readonly holder: AnswerHolder,
  ) {}

  @Get('stream')
  @Authorize('threads', 'read', streamThread)
  @Documented('Streams what happens on a thread, over all its runs', { answers: 'stream' })
  async open(@Authorized() request: StreamThread): Promise<StreamableFile> {
    await this.threads.get(request.thread_id);
    const abort = this.holder.hold(request, new AbortController());
    return sseAnswer(this.stream.events(request, abort.signal), { abort });
  }
}
