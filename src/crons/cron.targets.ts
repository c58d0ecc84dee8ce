import { Injectable } from '@nestjs/common';
import { Authorizer } from '../on-auth/index.js';
import { AssistantFinder } from '../runs/assistant.finder.js';
import { WebhookTargets } from '../runs/webhook.targets.js';
import { ThreadsService } from '../threads/threads.service.js';

/** What a cron names: its own, or those that change. */
export interface NamedTargets {
  readonly thread_id?: string;
  readonly assistant_id?: string;
  readonly runFields: { readonly webhook?: unknown };
}

/** Looks whether a cron may name what it names, each under a decision of its own. Its runs ask all of this again. */
@Injectable()
export class CronTargets {
  constructor(
    private readonly authorizer: Authorizer,
    private readonly assistants: AssistantFinder,
    private readonly threads: ThreadsService,
    private readonly webhooks: WebhookTargets,
  ) {}

  /**
   * @throws UnprocessableEntityException for a webhook that this server does not call
   * @throws NotFoundException when the thread or the assistant is not there, or not visible
   * @throws ForbiddenError when one of them is denied
   */
  async check({ thread_id, assistant_id, runFields: { webhook } }: NamedTargets): Promise<void> {
    if (typeof webhook === 'string') this.webhooks.check(webhook);
    if (thread_id !== undefined)
      await this.authorizer.within('threads:read', { thread_id }, () => this.threads.get(thread_id));
    if (assistant_id !== undefined) await this.assistants.get(assistant_id);
  }
}
