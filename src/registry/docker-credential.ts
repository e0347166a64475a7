import { spawn } from 'node:child_process';
import { LIMITS, messageOf, PratiqueError, systemCode } from '../kit/index.ts';

/** How a helper's run ended. */
export interface HelperRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `program get` with `input` on its standard input; throws when it cannot be started or takes too long. */
export type HelperRunner = (
  program: string,
  input: string,
  env: Readonly<Record<string, string | undefined>>,
) => Promise<HelperRun>;

/**
 * Asks `docker-credential-NAME` for a server's user name and secret; undefined when it has none. Throws
 * REGISTRY_AUTH, naming the helper, for every other failure. Source: docker/docker-credential-helpers, "Usage".
 */
export async function askHelper(
  name: string,
  server: string,
  env: Readonly<Record<string, string | undefined>>,
  run: HelperRunner = spawnHelper,
): Promise<{ username: string; secret: string } | undefined> {
  if (!/^[A-Za-z0-9_-]{1,100}$/.test(name)) {
    throw helperError('the name of a credential helper', `has characters that are not allowed in it`);
  }
  const program = `docker-credential-${name}`;
  const ended = await run(program, server, env).catch((error: unknown) => {
    if (error instanceof PratiqueError) throw error;
    const why = systemCode(error) === 'ENOENT' ? 'is not on PATH' : `cannot be run: ${messageOf(error)}`;
    throw helperError(program, why);
  });
  if (ended.exitCode !== 0) {
    if (/credentials not found/i.test(`${ended.stdout}\n${ended.stderr}`)) return undefined;
    throw helperError(program, `failed for ${server} with exit code ${ended.exitCode}`);
  }
  return parseAnswer(program, ended.stdout);
}

/** The real `HelperRunner`: no shell, no argument but `get`; ended by force after `timeoutMs`. */
export function spawnHelper(
  program: string,
  input: string,
  env: Readonly<Record<string, string | undefined>>,
  timeoutMs: number = LIMITS.credentialHelperMs,
): Promise<HelperRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ['get'], {
      env: { ...env },
      shell: false,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const stop = (why: string): void => {
      child.kill('SIGKILL');
      for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
      reject(helperError(program, why));
    };
    const timer = setTimeout(() => {
      stop(`did not answer within ${timeoutMs} ms`);
    }, timeoutMs);
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] += text;
        if (said[stream].length > LIMITS.credentialBytes) stop('said too much');
      });
    }
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ exitCode: code ?? -1, ...said });
    });
    child.stdin.end(input);
  });
}

function parseAnswer(program: string, stdout: string): { username: string; secret: string } | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(stdout);
  } catch {
    // The text may hold the secret, so neither it nor the parser's message is shown.
    throw helperError(program, 'answered with something that is not JSON');
  }
  const { Username: username, Secret: secret } = (answer ?? {}) as { Username?: unknown; Secret?: unknown };
  if (typeof username !== 'string' || typeof secret !== 'string') {
    throw helperError(program, 'answered without Username and Secret');
  }
  return username === '' && secret === '' ? undefined : { username, secret };
}

function helperError(program: string, why: string): PratiqueError {
  return new PratiqueError('REGISTRY_AUTH', `${program} ${why}`, {
    where: program,
    hint: 'repair the helper, or take it out of credsStore and credHelpers in config.json to go on without it',
  });
}
