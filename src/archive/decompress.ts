import { constants, createGunzip, createZstdDecompress, type Gunzip, type ZstdDecompress } from 'node:zlib';
import { LIMITS, messageOf, PratiqueError } from '../kit/index.ts';
import { type Compression, sniffCompression } from './compression.ts';
import { ZstdFrames } from './zstd-frames.ts';

export interface DecompressOptions {
  /** What errors name: the layer's digest or file. */
  readonly where: string;
  /** Bytes that the source is said to have; one more is SIZE_MISMATCH. Fewer is for whoever knows the digest. */
  readonly packedBytes?: number;
  readonly signal?: AbortSignal;
  /** Unpacked bytes; LIMITS.layerUnpackedBytes unless told. */
  readonly maxBytes?: number;
}

/** Measured: 16 KiB (the default) halves the speed, 1 MiB gains nothing over this. */
const CHUNK_BYTES = 256 * 1024;
/** Lets the thread pool unpack ahead of whoever reads. */
const AHEAD_BYTES = 4 * CHUNK_BYTES;
/** Smaller chunks of the source are joined: each write costs a round trip to the thread pool. */
const GATHER_BYTES = 128 * 1024;
/** One segment, no content, one last raw block of no bytes. */
const EMPTY_ZSTD_FRAME = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0);

/**
 * The unpacked bytes of a gzip, zstd or plain source, told apart by their first bytes. Reads the source to its end
 * in every case but an error, so who hashes the source has seen all of it. Chunks are the reader's to keep.
 * Throws INPUT_INVALID (cut off, corrupt, garbage after the end; zero padding is fine), LIMIT_EXCEEDED (bytes,
 * ratio, zstd window), UNSUPPORTED (another compression), SIZE_MISMATCH, and what the source throws.
 * Sources: RFC 1952 (several members are one stream), RFC 8878 (several frames, skippable ones).
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array, void, void> {
  const packed = gather(guard(source, options));
  const first = await packed.next();
  if (first.done === true) return;
  const kind = sniffCompression(first.value);
  if (kind !== 'gzip' && kind !== 'zstd' && kind !== 'none') {
    await packed.return(undefined);
    const name = kind.slice(kind.indexOf(':') + 1);
    throw new PratiqueError('UNSUPPORTED', `${options.where}: packed with ${name}, which layers may not be`, {
      where: options.where,
      hint: 'rebuild the image with gzip or zstd layers',
    });
  }
  const input = startingWith(first.value, packed);
  yield* capped(
    kind === 'none' ? { chunks: input, consumed: () => 0 } : unpack(kind, input, options),
    kind,
    options,
  );
}

interface Unpacked {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Packed bytes behind what was given out. */
  consumed(): number;
}

async function* capped(
  from: Unpacked,
  kind: Compression,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  const maxBytes = options.maxBytes ?? LIMITS.layerUnpackedBytes;
  const ratio = kind === 'zstd' ? LIMITS.zstdRatio : LIMITS.layerRatio;
  let bytes = 0;
  for await (const chunk of from.chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw beyond(options, `it unpacks to more than ${maxBytes} bytes`);
    if (kind !== 'none' && bytes > LIMITS.ratioGraceBytes && bytes > ratio * from.consumed())
      throw beyond(options, `it unpacks to more than ${ratio} times its size`);
    options.signal?.throwIfAborted();
    yield chunk;
  }
}

type Decoder = Gunzip | ZstdDecompress;

function unpack(kind: 'gzip' | 'zstd', input: AsyncIterable<Buffer>, options: DecompressOptions): Unpacked {
  const decoder = decoderFor(kind);
  return { chunks: drive(decoder, kind, input, options), consumed: () => decoder.bytesWritten };
}

function decoderFor(kind: 'gzip' | 'zstd'): Decoder {
  const buffers = { chunkSize: CHUNK_BYTES, readableHighWaterMark: AHEAD_BYTES };
  if (kind === 'gzip') return createGunzip(buffers);
  const params = { [constants.ZSTD_d_windowLogMax]: LIMITS.zstdWindowLog };
  return createZstdDecompress({ ...buffers, params });
}

/** Feeds the decoder and hands out what it makes; both at once, with the decoder's buffers as back-pressure. */
async function* drive(
  decoder: Decoder,
  kind: 'gzip' | 'zstd',
  input: AsyncIterable<Buffer>,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array> {
  const { where, signal } = options;
  let failure: unknown;
  const feeding = (kind === 'gzip' ? feedGzip : feedZstd)(decoder, input, where).catch((error: unknown) => {
    failure ??= error;
    decoder.destroy();
  });
  const abort = (): void => {
    failure ??= signal?.reason;
    decoder.destroy();
  };
  signal?.addEventListener('abort', abort, { once: true });
  try {
    yield* decoder;
    await feeding;
    if (failure !== undefined) throw failure;
  } catch (error) {
    if (failure !== undefined) throw failure;
    throw wrong(where, `the ${kind} data is cut off or damaged: ${messageOf(error)}`, error);
  } finally {
    signal?.removeEventListener('abort', abort);
    decoder.destroy();
  }
}

async function feedGzip(decoder: Decoder, input: AsyncIterable<Buffer>, where: string): Promise<void> {
  const write = writerTo(decoder);
  let fed = 0;
  let ended = false;
  for await (const chunk of input) {
    if (!ended) {
      if (!(await write(chunk))) return;
      fed += chunk.length;
    }
    const rest: Buffer = ended ? chunk : chunk.subarray(chunk.length - (fed - decoder.bytesWritten));
    // The decoder leaves bytes alone only behind the end of the last member.
    ended ||= rest.length > 0;
    if (rest.some((byte) => byte !== 0)) throw wrong(where, 'bytes follow the padding after the gzip data');
  }
  if (!ended) decoder.end();
}

async function feedZstd(decoder: Decoder, input: AsyncIterable<Buffer>, where: string): Promise<void> {
  const write = writerTo(decoder);
  const frames = new ZstdFrames(where);
  for await (const chunk of input) {
    for (const part of frames.parts(chunk)) if (!(await write(part))) return;
  }
  frames.end();
  // The decoder takes an end without any frame for one that is cut off.
  decoder.end(EMPTY_ZSTD_FRAME);
}

/** Writes a chunk: true once the decoder has taken all it wants of it, false when the decoder is no more. */
function writerTo(decoder: Decoder): (chunk: Buffer) => Promise<boolean> {
  let settle: (taken: boolean) => void = () => undefined;
  decoder.once('close', () => settle(false));
  return (chunk) =>
    new Promise((resolve) => {
      settle = resolve;
      decoder.write(chunk, (error) => resolve(error === null || error === undefined));
    });
}

async function* guard(source: AsyncIterable<Uint8Array>, options: DecompressOptions): AsyncGenerator<Buffer> {
  const { packedBytes = Number.POSITIVE_INFINITY, signal, where } = options;
  let bytes = 0;
  for await (const chunk of source) {
    signal?.throwIfAborted();
    bytes += chunk.length;
    if (bytes > packedBytes)
      throw new PratiqueError(
        'SIZE_MISMATCH',
        `${where}: it is larger than the ${packedBytes} bytes announced`,
        {
          where,
        },
      );
    if (chunk.length > 0) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  }
}

/** Joins small chunks; so the first one has all that `sniffCompression` looks at. */
async function* gather(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    parts.push(chunk);
    bytes += chunk.length;
    if (bytes < GATHER_BYTES) continue;
    yield parts.length === 1 ? chunk : Buffer.concat(parts, bytes);
    parts = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(parts, bytes);
}

async function* startingWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

function beyond({ where }: DecompressOptions, message: string): PratiqueError {
  return new PratiqueError('LIMIT_EXCEEDED', `${where}: ${message}`, { where });
}

function wrong(where: string, message: string, cause?: unknown): PratiqueError {
  return new PratiqueError('INPUT_INVALID', `${where}: ${message}`, { where, cause });
}
