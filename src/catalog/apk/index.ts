import type { Cataloger } from '../cataloger.ts';
import { Damage } from '../damage.ts';
import { parseInstalled } from './installed.ts';
import { ownedPaths, packageOf } from './package.ts';

/** Alpine packages with their files; apk 3 moves the database to /usr. The distribution is not known here. */
export const apk: Cataloger = {
  name: 'apk',
  version: 1,
  routes: [{ exact: 'lib/apk/db/installed' }, { exact: 'usr/lib/apk/db/installed' }],
  catalog(file, bytes, out) {
    const damage = new Damage('package list of apk');
    for (const entry of parseInstalled(bytes.toString('utf8'))) {
      if ('stray' in entry) damage.add('damaged-package-list', entry.stray);
      else if (entry.name === '') damage.add('package-without-name', entry.line);
      else if (entry.version === '') damage.add('package-without-version', entry.line, entry.name);
      else {
        out.package(packageOf(entry));
        out.owns(entry.name, ownedPaths(entry));
      }
    }
    damage.report(file.path, out);
  },
};
