import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { PratiqueError, silentLog } from '../../src/kit/index.ts';
import type { Reference } from '../../src/model/index.ts';
import { openRepository, type RegistryContext, type Repository } from '../../src/registry/index.ts';
import { makeImage, makeLayer, type TestImage } from './images.ts';
import { type Fault, type RegistryOptions, startRegistry, type TestRegistry } from './registry.ts';

/** What every test registry of a bench holds as `team/app:1.0`. */
export const LAYER = makeLayer([{ path: 'hello', content: 'x'.repeat(50_000) }]);
export const IMAGE: TestImage = makeImage([LAYER]);
export const BLOB = { digest: LAYER.digest, size: LAYER.size };

/** Test registries and clients for them; `close` ends all of it. */
export interface RegistryBench {
  registry(options?: RegistryOptions): Promise<TestRegistry>;
  context(more?: Partial<RegistryContext>): RegistryContext;
  /** A context that has this entry of `auths` for the registry. */
  withCredentials(at: TestRegistry, entry: Record<string, string>): RegistryContext;
  close(): Promise<void>;
}

export function registryBench(): RegistryBench {
  const open: TestRegistry[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'pratique-registry-'));
  const context: RegistryBench['context'] = (more = {}) => ({
    env: { DOCKER_CONFIG: folder, HOME: folder },
    clock: () => 0,
    log: silentLog,
    offline: false,
    insecureRegistries: [],
    sleep: async () => undefined,
    ...more,
  });
  return {
    context,
    registry: async (options = {}) => {
      const started = await startRegistry(options);
      open.push(started);
      started.push('team/app', '1.0', IMAGE);
      return started;
    },
    withCredentials: (at, entry) => {
      const path = join(folder, `${at.host.replace(/\W/g, '-')}.json`);
      writeFileSync(path, JSON.stringify({ auths: { [at.host]: entry } }));
      return context({ env: { REGISTRY_AUTH_FILE: path } });
    },
    close: async () => {
      await Promise.all(open.splice(0).map((started) => started.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The `auth` member of an entry of `auths`. */
export function basicAuth(user: string, password: string): { auth: string } {
  return { auth: Buffer.from(`${user}:${password}`).toString('base64') };
}

export function clientOf(at: TestRegistry, context: RegistryContext, repository = 'team/app'): Repository {
  const reference: Reference = { registry: at.host, repository };
  return openRepository({ reference, context });
}

export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** The PratiqueError that the work ends with. */
export async function failure(work: Promise<unknown>): Promise<PratiqueError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PratiqueError);
  return error as PratiqueError;
}

/** Answers every request whose path holds `part` with the fault. */
export function always(part: string, fault: Fault): RegistryOptions {
  return { fault: ({ url }) => (url.includes(part) ? fault : undefined) };
}
