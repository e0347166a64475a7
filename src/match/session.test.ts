import { describe, expect, it } from 'vitest';
import { databaseOf, entryOf } from '../../test/kit/database.ts';
import { deb, distroOf } from '../../test/kit/packages.ts';
import { openSession } from './session.ts';

describe('exploitation', () => {
  const database = databaseOf({
    knownExploited: [
      { id: 'CVE-2024-7', dateAdded: '2024-05-01', ransomware: false },
      { id: 'GHSA-1', dateAdded: '2024-05-02', ransomware: false },
    ],
    epss: [
      { id: 'CVE-2024-7', score: 0.5, percentile: 0.9, date: '2026-11-01' },
      { id: 'CVE-2024-8', score: 0.1, percentile: 0.4 },
    ],
  });
  const session = openSession(database, undefined);

  it('is looked up by every name that is a CVE', () => {
    expect(session.knownExploited(['GHSA-1', 'CVE-2024-8', 'CVE-2024-7'])?.id).toBe('CVE-2024-7');
    expect(session.knownExploited(['GHSA-1', 'CVE-2024-8'])).toBeUndefined();
  });
  it('has the highest chance of all names', () => {
    expect(session.epss(['CVE-2024-8', 'CVE-2024-7'])?.score).toBe(0.5);
    expect(session.epss(['CVE-2024-7', 'CVE-2024-8'])?.score).toBe(0.5);
    expect(session.epss(['GHSA-1'])).toBeUndefined();
  });
});

describe('a session', () => {
  it('asks the database once for each key and CVE, whatever number of packages share them', () => {
    const asked: string[] = [];
    const real = databaseOf({
      entries: [entryOf({ id: 'CVE-2024-1', ecosystem: 'Debian:12', name: 'foo', ranges: [{}] })],
    });
    const database = {
      ...real,
      entries: (ecosystem: string, name: string) => {
        asked.push(`${ecosystem} ${name}`);
        return real.entries(ecosystem, name);
      },
      epss: (id: string) => void asked.push(id),
    };
    const session = openSession(database, distroOf('debian', '12'));
    const source = { name: 'foo', version: '1.0-1' };
    for (const name of ['libfoo1', 'foo-utils', 'foo-doc']) {
      const target = session.target(deb(name, '1.0-1', { source }));
      expect(target && session.matches(target)).toHaveLength(1);
      session.epss(['CVE-2024-1']);
    }
    expect(asked).toEqual(['Debian:12 foo', 'CVE-2024-1']);
  });
});
