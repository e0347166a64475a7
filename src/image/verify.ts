import { createHash } from 'node:crypto';
import { PratiqueError } from '../kit/index.ts';
import { type Digest, digestAlgorithm } from '../model/index.ts';

/** What is claimed of some bytes; an absent claim is not checked. `size` in bytes. */
export interface Claim {
  readonly digest?: Digest;
  readonly size?: number;
}

export function sha256Of(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Throws SIZE_MISMATCH or DIGEST_MISMATCH when the bytes are not what is claimed of them. */
export function verifyBytes(bytes: Uint8Array, claim: Claim, where: string): void {
  if (claim.size !== undefined && bytes.length !== claim.size)
    throw sizeMismatch(bytes.length, claim.size, where);
  if (claim.digest === undefined) return;
  const hex = createHash(digestAlgorithm(claim.digest)).update(bytes).digest('hex');
  const actual: Digest = `${digestAlgorithm(claim.digest)}:${hex}`;
  if (actual !== claim.digest) throw digestMismatch(actual, claim.digest, where);
}

/**
 * Hands the chunks on and checks them on the way: throws SIZE_MISMATCH as soon as there are more bytes than
 * claimed, or when they end early, and DIGEST_MISMATCH after the last one. Nothing that was read may be used before
 * the end was reached without an error. Holds no chunk.
 */
export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  claim: Claim,
  where: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const algorithm = claim.digest === undefined ? undefined : digestAlgorithm(claim.digest);
  const hash = algorithm === undefined ? undefined : createHash(algorithm);
  let read = 0;
  for await (const chunk of chunks) {
    read += chunk.length;
    if (claim.size !== undefined && read > claim.size) throw sizeMismatch(read, claim.size, where);
    hash?.update(chunk);
    yield chunk;
  }
  if (claim.size !== undefined && read !== claim.size) throw sizeMismatch(read, claim.size, where);
  if (claim.digest === undefined || hash === undefined) return;
  const actual: Digest = `${digestAlgorithm(claim.digest)}:${hash.digest('hex')}`;
  if (actual !== claim.digest) throw digestMismatch(actual, claim.digest, where);
}

function sizeMismatch(read: number, claimed: number, where: string): PratiqueError {
  const relation = read < claimed ? 'it ends after' : 'it has at least';
  return new PratiqueError('SIZE_MISMATCH', `${relation} ${read} bytes where ${claimed} are promised`, {
    where,
    hint: read < claimed ? 'it was cut short: fetch or copy it again' : undefined,
  });
}

function digestMismatch(actual: Digest, claimed: Digest, where: string): PratiqueError {
  return new PratiqueError('DIGEST_MISMATCH', `the bytes are ${actual}, not ${claimed}`, {
    where,
    hint: 'it was changed or damaged on its way: do not use it',
  });
}
