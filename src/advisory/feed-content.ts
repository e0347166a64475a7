import { createGunzip } from 'node:zlib';
import { LIMITS, messageOf, PratiqueError } from '../kit/index.ts';
import type { FeedContent } from './updater.ts';

/** A feed file that is already in memory. */
export function contentOf(bytes: Buffer): FeedContent {
  return {
    size: bytes.length,
    bytes: () => oneChunk(bytes),
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** A JSON file of at most LIMITS.feedJsonBytes, read whole. Throws FEED_INVALID, LIMIT_EXCEEDED. */
export async function wholeJson(content: FeedContent): Promise<unknown> {
  if (content.size > LIMITS.feedJsonBytes) {
    throw new PratiqueError('LIMIT_EXCEEDED', `the file is larger than ${LIMITS.feedJsonBytes} bytes`);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of content.bytes()) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new PratiqueError('FEED_INVALID', `the file is not valid JSON: ${messageOf(error)}`);
  }
}

/** The lines of a text file, plain or gzip (known by its first bytes). Throws FEED_INVALID, LIMIT_EXCEEDED. */
export async function* textLines(content: FeedContent): AsyncGenerator<string> {
  const head = await content.read(0, 2);
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  let rest = '';
  let total = 0;
  const decoder = new TextDecoder();
  for await (const chunk of packed ? gunzipped(content) : content.bytes()) {
    total += chunk.length;
    if (total > LIMITS.feedFileBytes) throw tooLong(`unpacks to more than ${LIMITS.feedFileBytes} bytes`);
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LIMITS.feedLineBytes) throw tooLong(`has a line of over ${LIMITS.feedLineBytes} bytes`);
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  if (rest !== '') yield rest;
}

async function* gunzipped(content: FeedContent): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  const feeding = feed(content, gunzip);
  try {
    yield* gunzip;
    await feeding;
  } catch (error) {
    throw error instanceof PratiqueError
      ? error
      : new PratiqueError('FEED_INVALID', `the file does not unpack: ${messageOf(error)}`);
  } finally {
    gunzip.destroy();
    await feeding.catch(() => undefined);
  }
}

async function feed(content: FeedContent, gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  try {
    for await (const chunk of content.bytes()) {
      if (gunzip.destroyed) return;
      if (!gunzip.write(chunk)) await drained(gunzip);
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(error instanceof Error ? error : new Error(messageOf(error)));
  }
}

function drained(gunzip: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      gunzip.off('drain', go);
      gunzip.off('close', go);
      resolve();
    };
    gunzip.on('drain', go);
    gunzip.on('close', go);
  });
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function tooLong(what: string): PratiqueError {
  return new PratiqueError('LIMIT_EXCEEDED', `the file ${what}`);
}
