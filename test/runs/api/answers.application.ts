import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Controller, Get, Module, Param, type StreamableFile, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';

/** What a request gets; set by the test that sends it. */
export type Answer = () => StreamableFile;

const answers = new Map<string, Answer>();
/** Stands for the authorization context: each request has a store of its own. */
export const requestContext = new AsyncLocalStorage<string>();

@Controller()
class AnswersController {
  @Get('threads/:name/runs/:run/stream')
  streamOf(@Param('name') name: string): StreamableFile {
    return this.answer(name);
  }

  @Get('answers/:name')
  answer(@Param('name') name: string): StreamableFile {
    const answer = answers.get(name);
    if (!answer) throw new Error(`no answer was set for ${name}`);
    return requestContext.run(name, answer);
  }
}

@Module({ controllers: [AnswersController as Type] })
class AnswersModule {}

export interface AnswersApplication {
  readonly url: string;
  /** Says what a name is answered with from now on. */
  readonly answer: (name: string, answer: Answer) => void;
  readonly stop: () => Promise<void>;
}

/** A server without anything of this one's but the answers under test. */
export async function startAnswers(): Promise<AnswersApplication> {
  const adapter = new FastifyAdapter({ forceCloseConnections: true });
  const app = await NestFactory.create<NestFastifyApplication>(AnswersModule, adapter, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    answer: (name, answer) => void answers.set(name, answer),
    stop: () => app.close(),
  };
}

/** Settles when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
