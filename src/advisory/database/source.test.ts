import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { feedSource } from './source.ts';

const fileAt = (url: string) => ({ id: 'one', url, local: [] });

test('a server that cannot be reached is tried again for the first file, not for every one', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');

  const tries: string[] = [];
  const log = { warn: () => undefined, debug: (message: string) => void tries.push(message) };
  const from = `http://127.0.0.1:${port}/`;
  const source = await feedSource({ from, offline: false, env: {}, retries: 1, log });
  for (const path of ['a', 'b', 'c']) {
    const got = source.get(fileAt(`https://example.com/${path}`), undefined);
    await expect(got).rejects.toMatchObject({ code: 'NETWORK' });
  }
  expect(tries.filter((message) => message === 'http retry')).toHaveLength(1);
});
