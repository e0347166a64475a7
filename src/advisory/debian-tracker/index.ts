import { PratiqueError } from '../../kit/index.ts';
import { type AdvisoryEntry, debianReleaseNumber } from '../../model/index.ts';
import { jsonMembers } from '../json-members.ts';
import { isObject, objectOf, textOf } from '../json-values.ts';
import type { FeedContent, FeedFile, FeedItem, Updater } from '../updater.ts';
import { severityOf, statementOf } from './triage.ts';

const FEED = 'debian-tracker';
const FILE: FeedFile = {
  id: 'tracker',
  url: 'https://security-tracker.debian.org/tracker/data/json',
  local: ['debian/tracker/data/json'],
};

/**
 * Debian's own word on every source package and release: source package, then id, then `releases` by codename.
 * Source: https://security-tracker.debian.org/tracker/data/json and its "Information about security issues" page.
 */
export const debianTracker: Updater = {
  name: FEED,
  version: 2,
  licence: 'facts of the Debian security tracker (MIT)',
  recordUrl: (id) => `https://security-tracker.debian.org/tracker/${id}`,
  files: [FILE],
  parse,
};

async function* parse(_file: FeedFile, content: FeedContent): AsyncGenerator<FeedItem> {
  const releases = new Set<string>();
  let records = 0;
  for await (const { path, text } of jsonMembers(content.bytes(), 2)) {
    const [source = '', id = ''] = path;
    const record = parsed(text);
    if (record === undefined || !isObject(record.releases)) {
      yield { kind: 'skipped', id: `${source} ${id}`, reason: 'the record has no releases' };
      continue;
    }
    records++;
    for (const [codename, line] of Object.entries(record.releases)) {
      releases.add(codename);
      yield entryOf({ source, id, codename, line: objectOf(line) });
    }
  }
  if (records === 0)
    throw new PratiqueError('FEED_INVALID', 'the file holds no record of the Debian tracker');
  for (const codename of releases) yield { kind: 'covers', ecosystem: ecosystemOf(codename) };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function entryOf(at: {
  readonly source: string;
  readonly id: string;
  readonly codename: string;
  readonly line: Readonly<Record<string, unknown>>;
}): FeedItem {
  const statement = statementOf(at.line);
  const severity = severityOf(textOf(at.line.urgency));
  const entry: AdvisoryEntry = {
    id: at.id,
    aliases: [],
    feed: FEED,
    ecosystem: ecosystemOf(at.codename),
    name: at.source,
    kind: 'vulnerability',
    ...statement,
    ...(severity === undefined ? {} : { severity }),
  };
  return { kind: 'advisory', entry };
}

function ecosystemOf(codename: string): string {
  return `Debian:${debianReleaseNumber(codename)}`;
}
