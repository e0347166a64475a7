import { fileKind, PratiqueError } from '../kit/index.ts';
import { type Digest, isDigest } from '../model/index.ts';
import type { Missed } from './image.ts';

/** A place on disk and what to choose inside it. */
export interface Located {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'other';
  readonly choice: Choice;
}

/** Which of several images: by name (`1.2`, `app:1.2`) or by digest. Neither: there should be only one. */
export interface Choice {
  readonly tag?: string;
  readonly digest?: Digest;
}

/** A path may hold colons itself; more of them than this are not tried. */
const MAX_CUTS = 16;

/**
 * Finds the path in `PATH[:tag|@digest]`: the longest front part that exists. Without an explicit prefix the whole
 * input is the path, because `name:tag` alone means a registry. Throws INPUT_NOT_FOUND when a prefix promised a
 * place and nothing is there, USAGE for a digest that is none.
 */
export async function locate(input: string, prefix: string | undefined): Promise<Located | Missed> {
  const whole = await fileKind(input);
  if (whole !== undefined) return { path: input, kind: whole, choice: {} };
  if (prefix === undefined) return { missed: 'there is no such file or folder' };
  for (const cut of cuts(input)) {
    const path = input.slice(0, cut);
    const kind = await fileKind(path);
    if (kind !== undefined) return { path, kind, choice: choiceOf(input, cut) };
  }
  throw new PratiqueError('INPUT_NOT_FOUND', `there is no file or folder ${input}`, {
    where: prefix + input,
  });
}

/** Where the path may end, the last place first. */
function cuts(input: string): number[] {
  const found: number[] = [];
  for (let at = input.length - 1; at > 0 && found.length < MAX_CUTS; at--) {
    if (input[at] === ':' || input[at] === '@') found.push(at);
  }
  return found;
}

function choiceOf(input: string, cut: number): Choice {
  const text = input.slice(cut + 1);
  if (input[cut] === ':') return { tag: text };
  if (isDigest(text)) return { digest: text };
  throw new PratiqueError('USAGE', `"${text.slice(0, 100)}" is not a digest`, {
    where: input,
    hint: 'a digest is sha256: and 64 hexadecimal digits',
  });
}
