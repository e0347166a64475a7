import { PratiqueError } from '../../kit/index.ts';
import type { VersionRange } from '../../model/index.ts';
import { wholeJson } from '../feed-content.ts';
import { listOf, objectOf, textOf, textsOf } from '../json-values.ts';
import type { FeedContent, FeedFile, FeedItem, Updater } from '../updater.ts';
import { identifiersIn } from './identifiers.ts';
import { ALPINE_RELEASES, ALPINE_REPOSITORIES } from './releases.ts';

const FEED = 'alpine-secdb';

/**
 * What Alpine fixed, by release, repository and origin (source) package; it holds no unfixed issues.
 * Source: https://secdb.alpinelinux.org/, `packages[].pkg.secfixes`: version to ids; version `0` is "never affected".
 */
export const alpineSecdb: Updater = {
  name: FEED,
  version: 2,
  licence: 'facts of the Alpine security database',
  recordUrl: (id) => `https://security.alpinelinux.org/vuln/${id}`,
  files: ALPINE_RELEASES.flatMap((release) => ALPINE_REPOSITORIES.map((name) => fileOf(release, name))),
  parse,
};

function fileOf(release: string, repository: string): FeedFile {
  return {
    id: `${release}/${repository}`,
    url: `https://secdb.alpinelinux.org/${release}/${repository}.json`,
    local: [`alpine/${release}/${repository}.json`],
  };
}

async function* parse(file: FeedFile, content: FeedContent): AsyncGenerator<FeedItem> {
  const [release = '', repository = ''] = file.id.split('/');
  const document = objectOf(await wholeJson(content));
  checkOrigin(document, release, repository);
  const ecosystem = `Alpine:${release}`;
  for (const wrapped of listOf(document.packages)) {
    const pkg = objectOf(objectOf(wrapped).pkg);
    const name = textOf(pkg.name);
    if (name === undefined) {
      yield { kind: 'skipped', id: file.id, reason: 'a package has no name' };
      continue;
    }
    yield* packageItems(name, objectOf(pkg.secfixes), ecosystem);
  }
  const needs = ALPINE_REPOSITORIES.map((other) => `${release}/${other}`);
  if (repository === 'main') yield { kind: 'covers', ecosystem, needs };
}

/** A mirror that serves one file under another's name would turn the releases' versions around. */
function checkOrigin(document: Readonly<Record<string, unknown>>, release: string, repository: string): void {
  const [version, name] = [textOf(document.distroversion), textOf(document.reponame)];
  // A repository without any fix has an empty text or null there.
  const none = (document.packages === '' || document.packages === null) && version !== undefined;
  if (!Array.isArray(document.packages) && !none) {
    throw new PratiqueError('FEED_INVALID', 'the file is no Alpine security database: it has no packages');
  }
  if ((version ?? release) !== release || (name ?? repository) !== repository) {
    throw new PratiqueError(
      'FEED_INVALID',
      `the file is about ${version}/${name}, not ${release}/${repository}`,
    );
  }
}

interface Fixes {
  readonly aliases: Set<string>;
  /** Versions. */
  readonly fixed: Set<string>;
}

function* packageItems(
  name: string,
  secfixes: Readonly<Record<string, unknown>>,
  ecosystem: string,
): Generator<FeedItem> {
  const byId = new Map<string, Fixes>();
  for (const [version, lines] of Object.entries(secfixes)) {
    for (const line of textsOf(lines)) {
      const found = identifiersIn(line);
      if (found === undefined) {
        yield { kind: 'skipped', id: `${ecosystem} ${name} ${line.slice(0, 80)}`, reason: 'names no id' };
        continue;
      }
      for (const id of found.ids) note(byId, id, found.aliases, version);
    }
  }
  for (const [id, { aliases, fixed }] of byId) {
    // Sorted, as the order of a JSON object's members means nothing.
    const ranges: VersionRange[] = [...fixed].sort().map((version) => ({ fixed: version }));
    // Listed as fixed and as never affected: the fix is the safer word.
    const triage = ranges.length === 0 ? { triage: 'not_affected' as const } : {};
    const entry = { id, aliases: [...aliases].sort(), feed: FEED, ecosystem, name, ranges, ...triage };
    yield { kind: 'advisory', entry: { ...entry, kind: 'vulnerability' } };
  }
}

function note(byId: Map<string, Fixes>, id: string, aliases: readonly string[], version: string): void {
  const fixes = byId.get(id) ?? { aliases: new Set(), fixed: new Set() };
  byId.set(id, fixes);
  for (const alias of aliases) fixes.aliases.add(alias);
  if (version !== '0') fixes.fixed.add(version);
}
