import { validateHeaderName, validateHeaderValue } from 'node:http';
import { z } from 'zod';
import { ProjectError } from './project.error.js';
import type { ProjectWebhooks, Variables } from './project.js';

/** `${{ env.LG_WEBHOOK_TOKEN }}` */
const TEMPLATE = /\$\{\{\s*env\.([A-Za-z_]\w*)\s*\}\}/g;
const DEFAULT_PREFIX = 'LG_WEBHOOK_';

/** What a call says by itself: about its body, its signature, and how it is sent. */
const OWN_HEADERS =
  /^(content-.*|webhook-.*|host|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|user-agent)$/i;

const domain = z
  .string()
  .regex(/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i)
  .transform((name) => name.toLowerCase());

const urlRules = z.strictObject({
  require_https: z.boolean().default(false),
  allowed_domains: z.array(domain).min(1).optional(),
  allowed_ports: z.array(z.int().min(1).max(65_535)).min(1).optional(),
  max_url_length: z.int().min(1).max(65_536).default(65_536),
  disable_loopback: z.boolean().default(true),
});

const webhooks = z.strictObject({
  env_prefix: z.string().min(1).default(DEFAULT_PREFIX),
  headers: z.record(z.string(), z.string()).default({}),
  url: urlRules.prefault({}),
});

/** What each setting has to be. A rule that is misread protects nobody, so nothing here is passed over. */
const EXPECTED: Readonly<Record<string, string>> = {
  env_prefix: 'a text, such as "LG_WEBHOOK_"',
  headers: 'an object of texts',
  url: 'an object of require_https, allowed_domains, allowed_ports, max_url_length and disable_loopback',
  'url.require_https': 'true or false',
  'url.allowed_domains': 'a list of domains, such as "hooks.example.com" or "*.example.com"',
  'url.allowed_ports': 'a list of port numbers, such as 443',
  'url.max_url_length': 'a whole number from 1 to 65536',
  'url.disable_loopback': 'true or false',
};

/**
 * Reads `webhooks` and `http.disable_webhooks`.
 *
 * @throws ProjectError for what is not in the format, also for an unknown setting
 */
export function parseWebhooks(
  file: string,
  { webhooks: json = {}, http }: { readonly webhooks?: unknown; readonly http?: unknown },
): ProjectWebhooks {
  const isDisabled = z.object({ disable_webhooks: z.boolean().default(false) }).safeParse(http ?? {});
  if (!isDisabled.success) throw new ProjectError(file, 'http.disable_webhooks must be true or false.');
  const parsed = webhooks.safeParse(json);
  if (!parsed.success) throw new ProjectError(file, sentenceFor(parsed.error.issues[0]));
  const { env_prefix: envPrefix, headers, url } = parsed.data;
  for (const name of Object.keys(headers)) refuseHeaderName(file, name);
  return { isDisabled: isDisabled.data.disable_webhooks, envPrefix, headers, url };
}

/**
 * The headers with what their templates stand for.
 *
 * @throws ProjectError for a variable that is not set or must not be used, and for what no header can hold
 */
export function resolveHeaders(
  file: string,
  { headers, envPrefix }: ProjectWebhooks,
  variables: Partial<Variables>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, template]) => {
      refuseTemplate(file, name, template);
      const value = template.replaceAll(TEMPLATE, (_, variable: string) =>
        valueOf(file, name, { variable, envPrefix, variables }),
      );
      refuseHeaderValue(file, name, value);
      return [name, value];
    }),
  );
}

function valueOf(
  file: string,
  header: string,
  { variable, envPrefix, variables }: { variable: string; envPrefix: string; variables: Partial<Variables> },
): string {
  if (!variable.startsWith(envPrefix))
    throw new ProjectError(
      file,
      `webhooks.headers.${header} names ${variable}, but only variables that begin with ${envPrefix} are sent.`,
    );
  const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
  if (value !== undefined && value !== '') return value;
  throw new ProjectError(file, `webhooks.headers.${header} names ${variable}, which is not set; set it.`);
}

function refuseHeaderName(file: string, name: string): void {
  if (OWN_HEADERS.test(name))
    throw new ProjectError(file, `webhooks.headers.${name} is a header that this server sets by itself.`);
  try {
    validateHeaderName(name);
  } catch {
    throw new ProjectError(
      file,
      `webhooks.headers has ${JSON.stringify(name)}, which is no name of a header.`,
    );
  }
}

function refuseTemplate(file: string, name: string, template: string): void {
  if (!template.replaceAll(TEMPLATE, '').includes('${{')) return;
  throw new ProjectError(
    file,
    `webhooks.headers.${name} has a template that is none; it must be like "\${{ env.LG_WEBHOOK_TOKEN }}".`,
  );
}

/** The value is not repeated: it may be a secret. */
function refuseHeaderValue(file: string, name: string, value: string): void {
  try {
    validateHeaderValue(name, value);
  } catch {
    throw new ProjectError(file, `webhooks.headers.${name} holds a character that no header can have.`);
  }
}

function sentenceFor(issue: z.core.$ZodIssue): string {
  const [first, second] = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const name = ['webhooks', ...issue.path, issue.keys[0]].join('.');
    return `${name} is not known to this server; take it away or correct it.`;
  }
  const setting = first === 'url' && second !== undefined ? `url.${second}` : (first ?? '');
  if (setting === '') return 'webhooks must be an object of headers, env_prefix and url.';
  return `webhooks.${setting} must be ${EXPECTED[setting]}.`;
}
