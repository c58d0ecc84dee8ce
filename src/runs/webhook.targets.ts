/** Says which webhooks may be asked for. Whoever creates runs, or plans to, asks; implemented by who makes the calls. */
export abstract class WebhookTargets {
  /**
   * @param webhook an absolute http or https URL
   * @throws UnprocessableEntityException for what this server never calls
   */
  abstract check(webhook: string): void;
}
