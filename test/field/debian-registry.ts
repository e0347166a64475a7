import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Debian's `docker-registry` on a free port of the loopback address. */
export interface DebianRegistry {
  /** `127.0.0.1:1234`. */
  readonly host: string;
  close(): Promise<void>;
}

export interface DebianRegistryOptions {
  /** Passwords by user; written as bcrypt by `htpasswd`. */
  readonly users?: Readonly<Record<string, string>>;
  /** Paths of a certificate and its key, in PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string };
}

/** Starts it with its storage in `folder`, and waits until it listens. */
export async function startDebianRegistry(
  folder: string,
  options: DebianRegistryOptions = {},
): Promise<DebianRegistry> {
  mkdirSync(folder, { recursive: true });
  const { users, tls } = options;
  const config = join(folder, 'config.json');
  const auth =
    users === undefined ? {} : { auth: { htpasswd: { realm: 'field', path: passwords(folder, users) } } };
  const secure = tls === undefined ? {} : { tls: { certificate: tls.certificate, key: tls.key } };
  // JSON is YAML.
  const content = {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: { addr: '127.0.0.1:0', ...secure },
    ...auth,
  };
  writeFileSync(config, JSON.stringify(content));
  const child = spawn('docker-registry', ['serve', config], { stdio: ['ignore', 'pipe', 'pipe'] });
  return { host: await listening(child), close: () => ended(child) };
}

function passwords(folder: string, users: Readonly<Record<string, string>>): string {
  const path = join(folder, 'htpasswd');
  const lines = Object.entries(users).map(([user, password]) =>
    execFileSync('htpasswd', ['-Bbn', user, password], { encoding: 'utf8' }).trim(),
  );
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const read = (chunk: Buffer): void => {
      said += chunk.toString('utf8');
      const host = /listening on (127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (host !== undefined) resolve(host);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.on('error', reject);
    child.on('exit', (code) =>
      reject(new Error(`docker-registry ended with ${code}: ${said.slice(-2_000)}`)),
    );
  });
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}
