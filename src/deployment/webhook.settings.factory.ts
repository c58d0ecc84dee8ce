import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { ConfigurationError } from '../configuration/configuration.error.js';
import type { Configuration } from '../configuration/configuration.js';
import { readDevelopmentSecret } from '../configuration/development.secret.js';
import type { ProjectWebhooks } from '../graphs/langgraph-json/project.js';
import { SECRET_PREFIX, signingKeyOf, type SigningKey } from '../webhooks/signing/webhook.signer.js';
import { OPEN_URL_POLICY, type WebhookUrlPolicy } from '../webhooks/target/url.policy.js';
import type { WebhookSettings } from '../webhooks/webhook.settings.js';

/** Relative to the working directory, in a folder that git ignores. */
export const DEVELOPMENT_WEBHOOK_FILE = '.onauth/webhooks.json';

const logger = new Logger('Webhooks');

/** Joins what the environment and the project say of webhooks. */
export async function webhookSettingsOf(
  { environment, webhooks }: Pick<Configuration, 'environment' | 'webhooks'>,
  project: ProjectWebhooks | undefined,
): Promise<WebhookSettings> {
  const { allowPrivate, signing } = webhooks;
  if (allowPrivate && environment !== 'development')
    logger.warn(
      'WEBHOOK_ALLOW_PRIVATE is true: whoever may create a run can make this server call addresses of its own network.',
    );
  return {
    enabled: project?.isDisabled !== true,
    keys: await keysOf(signing),
    allowPrivate,
    policy: project ? policyOf(project) : OPEN_URL_POLICY,
    headers: project?.headers ?? {},
  };
}

async function keysOf(signing: Configuration['webhooks']['signing']): Promise<readonly SigningKey[]> {
  switch (signing.kind) {
    case 'secrets':
      return signing.secrets.map((secret) => signingKeyOf(secret.reveal()));
    case 'development':
      return developmentKeys();
    case 'none':
      return [];
  }
}

/** Whoever develops without webhooks need not be able to write. */
async function developmentKeys(): Promise<readonly SigningKey[]> {
  try {
    return [signingKeyOf(await readDevelopmentSecret(DEVELOPMENT_WEBHOOK_FILE, newSecret))];
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    logger.warn(`${DEVELOPMENT_WEBHOOK_FILE} cannot be written, so webhooks need a WEBHOOK_SECRET.`);
    return [];
  }
}

function newSecret(): string {
  return `${SECRET_PREFIX}${randomBytes(32).toString('base64')}`;
}

function policyOf({ url }: ProjectWebhooks): WebhookUrlPolicy {
  return {
    requireHttps: url.require_https,
    allowedDomains: url.allowed_domains,
    allowedPorts: url.allowed_ports,
    maxLength: url.max_url_length,
    allowLoopback: !url.disable_loopback,
  };
}
