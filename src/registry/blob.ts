import { type HttpResponse, LIMITS, PratiqueError } from '../kit/index.ts';
import type { Descriptor } from '../model/index.ts';

export interface BlobDownload {
  /** For messages. */
  readonly where: string;
  readonly descriptor: Pick<Descriptor, 'digest' | 'size'>;
  /** Asks for the bytes from `from` on; answers 200 or, where `from` is above 0, maybe 206. */
  readonly ask: (from: number) => Promise<HttpResponse>;
  readonly signal: AbortSignal | undefined;
}

/** So often in a row a try may bring nothing new, or little in a long time: each such try costs a time-out. */
const MAX_STALLS = 1;
const LITTLE_BYTES = (LIMITS.httpMinBytesPerSecond * LIMITS.httpRateGraceMs) / 1000;

/**
 * A blob's bytes, taken up where the connection broke, a bounded number of times. Not verified, except that more
 * bytes than the descriptor says are a SIZE_MISMATCH at once. Throws NETWORK, REGISTRY_*.
 * Source: OCI distribution spec 1.1, "Pulling blobs"; RFC 9110 section 14.
 */
export async function* resumedBlob(download: BlobDownload, first: HttpResponse): AsyncGenerator<Uint8Array> {
  const { where, descriptor, ask, signal } = download;
  let response = first;
  let at = 0;
  let stalls = 0;
  for (let resumes = 0; ; resumes++) {
    let skip = bytesToSkip(response, at, where);
    const from = at;
    const began = performance.now();
    try {
      for await (const chunk of response.body) {
        const fresh = skip === 0 ? chunk : chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - fresh.length;
        at += fresh.length;
        if (at > descriptor.size) throw tooMuch(where, descriptor.size);
        if (fresh.length > 0) yield fresh;
      }
      return;
    } catch (error) {
      signal?.throwIfAborted();
      const broken = error instanceof PratiqueError && error.code === 'NETWORK';
      const long = performance.now() - began >= LIMITS.httpRateGraceMs;
      stalls = at - from < (long ? LITTLE_BYTES : 1) ? stalls + 1 : 0;
      if (!broken || stalls > MAX_STALLS || resumes >= LIMITS.blobResumes) throw error;
    }
    if (at === descriptor.size) return;
    response = await ask(at);
  }
}

/** A server may answer a range with the whole, or with another range than was asked for. */
function bytesToSkip(response: HttpResponse, at: number, where: string): number {
  if (response.status === 200) return at;
  const range = /^bytes (\d{1,15})-/.exec(response.headers['content-range'] ?? '');
  if (range?.[1] !== undefined && Number(range[1]) === at) return 0;
  throw new PratiqueError(
    'REGISTRY_PROTOCOL',
    `${where} was asked for from byte ${at} on, but another part came`,
    {
      where,
    },
  );
}

function tooMuch(where: string, size: number): PratiqueError {
  return new PratiqueError('SIZE_MISMATCH', `${where} has more than the ${size} bytes of its descriptor`, {
    where,
  });
}
