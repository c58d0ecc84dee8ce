import { isIP } from 'node:net';
import { Inject, Injectable, UnprocessableEntityException } from '@nestjs/common';
import { WebhookTargets } from '../../runs/webhook.targets.js';
import { WEBHOOK_SETTINGS, type WebhookSettings } from '../webhook.settings.js';
import { isLoopbackAddress, isPublicAddress } from './address.rules.js';
import { hostnameOf, violationOf } from './url.policy.js';

/** Names that no public server has, whatever somebody's resolver says of them. */
const LOCAL_DOMAINS = ['localhost', 'local', 'localdomain', 'internal', 'intranet', 'lan', 'home.arpa'];

/** Which URLs may be called. What a name stands for is seen only when it is called, and is judged then. */
@Injectable()
export class WebhookTargetRules extends WebhookTargets {
  constructor(@Inject(WEBHOOK_SETTINGS) private readonly settings: WebhookSettings) {
    super();
  }

  override check(webhook: string): void {
    if (!this.settings.enabled) return;
    const problem = this.problemOf(new URL(webhook));
    if (problem !== undefined) throw new UnprocessableEntityException(`webhook ${problem}`);
  }

  /** @returns what is wrong, as the end of a sentence that begins with "webhook"; undefined where nothing is */
  problemOf(url: URL): string | undefined {
    if (this.settings.keys.length === 0)
      return 'cannot be called: this server has no WEBHOOK_SECRET to sign with';
    const violation = violationOf(this.settings.policy, url);
    if (violation !== undefined) return violation;
    const hostname = hostnameOf(url);
    const isAllowed = isIP(hostname) === 0 ? this.allowsName(hostname) : this.allowsAddress(hostname);
    return isAllowed ? undefined : 'must not point to a private, local or reserved address';
  }

  /** Of an address that is about to be connected to. */
  allowsAddress(address: string): boolean {
    const { allowPrivate, policy } = this.settings;
    return allowPrivate || isPublicAddress(address) || (policy.allowLoopback && isLoopbackAddress(address));
  }

  private allowsName(hostname: string): boolean {
    const { allowPrivate, policy } = this.settings;
    const isLocalhost = isBelow(hostname, 'localhost');
    if (allowPrivate || (policy.allowLoopback && isLocalhost)) return true;
    return hostname.includes('.') && !LOCAL_DOMAINS.some((domain) => isBelow(hostname, domain));
  }
}

function isBelow(hostname: string, domain: string): boolean {
  return hostname === domain || hostname.endsWith(`.${domain}`);
}
