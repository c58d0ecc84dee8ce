/** Which URLs a deployment calls, beyond what is never called: `webhooks.url` of a `langgraph.json`. */
export interface WebhookUrlPolicy {
  readonly requireHttps: boolean;
  /** Exact names, and `*.example.com` for every name below one. Undefined is any. */
  readonly allowedDomains: readonly string[] | undefined;
  /** Undefined is any. */
  readonly allowedPorts: readonly number[] | undefined;
  /** In characters. */
  readonly maxLength: number;
  /** Whether this machine itself may be called. */
  readonly allowLoopback: boolean;
}

export const MAX_WEBHOOK_URL_LENGTH = 65_536;

export const OPEN_URL_POLICY: WebhookUrlPolicy = Object.freeze({
  requireHttps: false,
  allowedDomains: undefined,
  allowedPorts: undefined,
  maxLength: MAX_WEBHOOK_URL_LENGTH,
  allowLoopback: false,
});

/** @returns what is wrong with the URL, as the end of a sentence that begins with "webhook"; undefined where nothing is */
export function violationOf(policy: WebhookUrlPolicy, url: URL): string | undefined {
  const { requireHttps, allowedDomains, allowedPorts, maxLength } = policy;
  if (url.href.length > maxLength) return `must not be longer than ${maxLength} characters`;
  if (requireHttps && url.protocol !== 'https:') return 'must use https';
  if (allowedPorts && !allowedPorts.includes(portOf(url))) return 'uses a port that is not allowed here';
  const isListed = allowedDomains?.some((domain) => matchesDomain(hostnameOf(url), domain)) ?? true;
  return isListed ? undefined : 'points to a domain that is not allowed here';
}

/** The name or address in a URL, without the brackets of IPv6 and without the dot that ends a full name. */
export function hostnameOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.+$/, '');
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}

function matchesDomain(hostname: string, domain: string): boolean {
  return domain.startsWith('*.') ? hostname.endsWith(domain.slice(1)) : hostname === domain;
}
