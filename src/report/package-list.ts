import type { ReportPackage, ScanReport } from './scan-report.ts';
import { plain, type Style } from './style.ts';

/** The packages, a line each, for a scan that matched nothing: that is what was asked for. */
export function packageList(report: ScanReport, style: Style): string[] {
  if (report.packages.length === 0) return [];
  const rows = report.packages.map((pkg) => [pkg.type, plain(pkg.name), plain(pkg.version)] as const);
  const width = (column: 0 | 1 | 2): number =>
    rows.reduce((widest, row) => Math.max(widest, Math.min(row[column].length, MAX_WIDTH)), 0);
  const [types, names, versions] = [width(0), width(1), width(2)];
  return [
    style.look('bold', 'PACKAGES'),
    ...report.packages.map((pkg, at) => {
      const [type = '', name = '', version = ''] = rows[at] ?? [];
      const cells = `${type.padEnd(types)}  ${name.padEnd(names)}  ${version.padEnd(versions)}`;
      return `  ${cells}  ${style.look('gray', `layer ${pkg.layer.index + 1}${noteOf(pkg)}`)}`;
    }),
  ];
}

/** One long name must not push all others off the screen. */
const MAX_WIDTH = 40;

function noteOf({ name, source, ownedBy }: ReportPackage): string {
  if (ownedBy !== null) return `  of ${plain(ownedBy.replace(/\?.*$/, ''))}`;
  return source === null || source.name === name ? '' : `  (${plain(source.name)})`;
}
