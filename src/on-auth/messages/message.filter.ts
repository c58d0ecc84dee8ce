import { Catch, Logger, type ArgumentsHost } from '@nestjs/common';
import { BaseRpcExceptionFilter, RpcException } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { faultAnswerOf, toAnswer } from '../fault.answer.js';

/** What whoever sent a message is told of a fault. */
export interface MessageFault {
  /** The status that a request over HTTP would get. */
  readonly status: number;
  readonly detail: string;
}

/** Tells the sender of a message of a fault by status and detail. An unknown fault says nothing of itself. */
@Catch()
export class MessageExceptionFilter extends BaseRpcExceptionFilter {
  private readonly faults = new Logger(MessageExceptionFilter.name);

  override catch(fault: Error, host: ArgumentsHost): Observable<never> {
    if (fault instanceof RpcException) return super.catch(fault, host) as Observable<never>;
    const { status, detail } = faultAnswerOf(fault) ?? toAnswer(500, '');
    if (status >= 500) this.faults.error(fault instanceof Error ? fault.stack : String(fault));
    return super.catch(
      new RpcException({ status, detail } satisfies MessageFault),
      host,
    ) as Observable<never>;
  }
}
