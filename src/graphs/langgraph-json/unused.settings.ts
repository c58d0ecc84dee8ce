import { isObject } from './export.parser.js';
import type { UnusedSetting } from './project.js';

const NOTHING_IS_BUILT =
  'no image is built and nothing is installed, the packages beside the project are used';
const DEPLOYED_ELSEWHERE = 'it is for another way to deploy';

/** Settings of the format that do not apply here, and why. */
const REASONS: Readonly<Record<string, string>> = {
  $schema: 'the file is checked at start',
  api_version: DEPLOYED_ELSEWHERE,
  'auth.openapi.paths': 'every route that is not public asks for the same proof',
  base_image: NOTHING_IS_BUILT,
  checkpointer: 'state is kept in the database of DATABASE_URL',
  dependencies: NOTHING_IS_BUILT,
  dockerfile_lines: NOTHING_IS_BUILT,
  image_distro: NOTHING_IS_BUILT,
  internal_docker_tag: NOTHING_IS_BUILT,
  keep_pkg_tools: NOTHING_IS_BUILT,
  node_version: 'the Node.js that runs this server runs the project',
  pip_config_file: NOTHING_IS_BUILT,
  pip_installer: NOTHING_IS_BUILT,
  python_version: NOTHING_IS_BUILT,
  source: NOTHING_IS_BUILT,
  ui: 'no user interface is served',
  ui_config: 'no user interface is served',
};

/** The same of settings that somebody may rely on. */
const REASONS_THAT_MATTER: Readonly<Record<string, string>> = {
  'auth.cache': 'every request is authenticated anew',
  'auth.disable_studio_auth': 'nobody passes without authentication, whatever it says',
  http: 'routes are those of this server, and CORS_ORIGINS says which web pages may call them',
};

const USED = new Set([
  'auth',
  'auth.openapi',
  'auth.openapi.security',
  'auth.openapi.securitySchemes',
  'auth.path',
  'env',
  'graphs',
  'store',
  'store.index',
  'store.index.dims',
  'store.index.embed',
  'store.index.fields',
  'store.ttl',
  'store.ttl.default_ttl',
  'store.ttl.refresh_on_read',
  'store.ttl.sweep_interval_minutes',
  'webhooks',
]);
/** Settings whose members are looked at one by one. */
const NESTED = ['auth', 'auth.openapi', 'store', 'store.index', 'store.ttl'];

/** Every setting that is there without an effect, known or not, in the order of the file. */
export function unusedSettings(json: Readonly<Record<string, unknown>>): readonly UnusedSetting[] {
  const nested = NESTED.flatMap((setting) => membersOf(json, setting));
  const isUsed = (name: string) => USED.has(name) || (name === 'http' && onlyDisablesWebhooks(json.http));
  return [...Object.keys(json), ...nested].filter((name) => !isUsed(name)).map(unused);
}

/** The one setting of `http` that is gone by. */
function onlyDisablesWebhooks(http: unknown): boolean {
  return isObject(http) && Object.keys(http).join() === 'disable_webhooks';
}

function membersOf(json: Readonly<Record<string, unknown>>, setting: string): string[] {
  const value = setting
    .split('.')
    .reduce<unknown>((parent, name) => (isObject(parent) ? parent[name] : undefined), json);
  return isObject(value) ? Object.keys(value).map((name) => `${setting}.${name}`) : [];
}

function unused(setting: string): UnusedSetting {
  if (Object.hasOwn(REASONS, setting)) return { setting, reason: REASONS[setting], matters: false };
  const reason = Object.hasOwn(REASONS_THAT_MATTER, setting)
    ? REASONS_THAT_MATTER[setting]
    : 'this server does not know it';
  return { setting, reason, matters: true };
}
