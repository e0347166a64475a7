import { Command } from 'commander';
import { LIMITS, PratiqueError } from '../../kit/index.ts';
import { compareVersions, SCHEMES, schemeOf } from '../../version/index.ts';
import type { CommandIo } from '../io.ts';

export function define(io: CommandIo, done: (exitCode: number) => void): Command {
  return new Command('compare-versions')
    .description(
      'Compare two versions in the order of an ecosystem: prints <, =, > or ? (one does not parse).',
    )
    .argument('<scheme>', SCHEMES.map((scheme) => scheme.name).join(', '))
    .argument(
      '[versions...]',
      'two versions; without them pairs are read from standard input, tab-separated, a line each',
    )
    .action(async (scheme: string, versions: string[]) =>
      done(await compareVersionsCommand([scheme, ...versions], io)),
    );
}

export interface CompareVersionsIo {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: { write(text: string): unknown };
  readonly signal?: AbortSignal;
}

const ANSWERED = 0;
const COULD_NOT_DECIDE = 3;

/**
 * `compare-versions SCHEME [A B]`: prints `<`, `=`, `>` or `?` (one of them does not parse) and a newline; without
 * A and B one such line for each line of standard input, two versions with a tab between them. Returns the exit
 * code: 3 when any answer was `?`, else 0. Throws USAGE.
 */
export async function compareVersionsCommand(
  words: readonly string[],
  io: CompareVersionsIo,
): Promise<number> {
  const [scheme, a, b, ...rest] = words;
  if (scheme === undefined) throw usage('a version scheme is missing');
  if (schemeOf(scheme) === undefined) throw usage(`there is no version scheme "${scheme}"`);
  if (a === undefined) return answerLines(scheme, io);
  if (b === undefined || rest.length > 0) throw usage('two versions are needed, or none');
  const answer = answerOf(scheme, a, b);
  io.stdout.write(`${answer}\n`);
  return exitCodeOf(answer);
}

function usage(message: string): PratiqueError {
  const names = SCHEMES.map((scheme) => scheme.name).join(', ');
  return new PratiqueError('USAGE', message, {
    hint: `compare-versions SCHEME [A B], with SCHEME one of ${names}`,
  });
}

function answerOf(scheme: string, a: string, b: string): string {
  const order = compareVersions(scheme, a, b);
  return order === undefined ? '?' : order < 0 ? '<' : order > 0 ? '>' : '=';
}

function exitCodeOf(answers: string): number {
  return answers.includes('?') ? COULD_NOT_DECIDE : ANSWERED;
}

async function answerLines(scheme: string, io: CompareVersionsIo): Promise<number> {
  let worst = ANSWERED;
  for await (const lines of linesOf(io.stdin)) {
    if (io.signal?.aborted === true) break;
    const answers = lines.map((line) => `${answerLine(scheme, line)}\n`).join('');
    if (answers !== '') io.stdout.write(answers);
    worst = Math.max(worst, exitCodeOf(answers));
  }
  return worst;
}

function answerLine(scheme: string, line: string): string {
  const [a, b, ...rest] = line.replace(/\r$/, '').split('\t');
  return a === undefined || b === undefined || rest.length > 0 ? '?' : answerOf(scheme, a, b);
}

/** Whatever is longer holds no two versions that parse; only its beginning is kept. */
const LINE_CHARS = 2 * LIMITS.versionChars + 2;

/** The complete lines of each chunk; the last one need not end. */
async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncIterable<string[]> {
  const decoder = new TextDecoder();
  let open = '';
  for await (const chunk of input) {
    const lines = (open + decoder.decode(chunk, { stream: true })).split('\n');
    open = lines.pop() ?? '';
    // One character more than fits, so that what was cut still does not parse.
    if (open.length > LINE_CHARS) open = 'x'.repeat(LINE_CHARS + 1);
    yield lines;
  }
  const last = open + decoder.decode();
  if (last !== '') yield [last];
}
