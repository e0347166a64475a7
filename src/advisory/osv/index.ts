import { zipMembers } from '../../archive/index.ts';
import { LIMITS, PratiqueError } from '../../kit/index.ts';
import { compareVersions } from '../../version/index.ts';
import { isObject } from '../json-values.ts';
import type { FeedContent, FeedFile, FeedItem, Updater } from '../updater.ts';
import { OSV_ECOSYSTEMS } from './ecosystems.ts';
import type { CompareVersions } from './ranges.ts';
import { entriesOf } from './record.ts';

const NAME = 'osv';

/**
 * The advisories of the language ecosystems: a zip for each, with a JSON record a member. A record stands in the
 * zip of every ecosystem that it names, so each zip gives its own packages only.
 * Source: OSV schema; https://google.github.io/osv.dev/data/#data-dumps
 */
export const osv: Updater = {
  name: NAME,
  version: 1,
  licence: 'CC-BY-4.0 and CC0-1.0, as each record says',
  recordUrl: (id) => `https://osv.dev/vulnerability/${id}`,
  files: OSV_ECOSYSTEMS.map(({ name }) => ({
    id: name,
    url: `https://storage.googleapis.com/osv-vulnerabilities/${name}/all.zip`,
    local: [`osv/${name}.zip`, `${name}/all.zip`, `osv/${name}/all.zip`],
  })),
  parse,
};

async function* parse(file: FeedFile, content: FeedContent): AsyncGenerator<FeedItem> {
  const ecosystem = OSV_ECOSYSTEMS.find(({ name }) => name === file.id);
  if (ecosystem === undefined) throw new PratiqueError('FEED_INVALID', `no ecosystem is called ${file.id}`);
  const seen = new Set<string>();
  let useful = 0;
  const compare: CompareVersions = (a, b) => compareVersions(ecosystem.scheme, a, b);
  for await (const member of zipMembers(content, {
    where: file.url,
    maxMemberBytes: LIMITS.feedRecordBytes,
  })) {
    if (!member.name.endsWith('.json')) continue;
    const record = parsed(await member.bytes());
    if (record === undefined) {
      yield { kind: 'skipped', id: member.name, reason: 'not a JSON object' };
      continue;
    }
    const result = entriesOf(record, ecosystem, compare);
    const id = typeof record.id === 'string' ? record.id : member.name;
    if ('skipped' in result) yield { kind: 'skipped', id, reason: result.skipped };
    else if (seen.has(id)) yield { kind: 'skipped', id, reason: 'the id was there before' };
    else {
      useful++;
      for (const entry of result.entries) yield { kind: 'advisory', entry };
    }
    seen.add(id);
  }
  if (useful === 0) {
    throw new PratiqueError(
      'FEED_INVALID',
      `the zip holds no OSV record about a package of ${ecosystem.name}`,
    );
  }
  yield { kind: 'covers', ecosystem: ecosystem.name };
}

function parsed(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
