import { type AdvisoryDatabase, openDatabase } from '../advisory/index.ts';
import { CATALOGERS, catalogImage, type LayerCache, type ScanProgress } from '../catalog/index.ts';
import { type Image, openImage, type SourceContext } from '../image/index.ts';
import { timestamp } from '../kit/index.ts';
import { matchCatalog } from '../match/index.ts';
import {
  type Catalog,
  type Diagnostic,
  type Finding,
  formatPlatform,
  type Package,
  SEVERITIES,
  type Severity,
} from '../model/index.ts';
import type {
  ReportInputs,
  ReportPackage,
  ReportSubject,
  ReportSummary,
  ScanReport,
} from '../report/index.ts';
import { withEndOfLife } from './end-of-life.ts';
import { type Narrowing, narrowed } from './narrow.ts';
import { upgradesOf } from './upgrades.ts';

export interface ScanOptions {
  readonly input: string;
  readonly context: SourceContext;
  /** Path of the advisory database; undefined lists packages only. */
  readonly databasePath: string | undefined;
  readonly cache: LayerCache | undefined;
  readonly toolVersion: string;
  readonly narrow?: Narrowing;
  readonly progress?: (progress: ScanProgress) => void;
}

/** A finished scan: what reporters need, and what `explain` asks further. The database stays open until `close`. */
export interface Scan {
  readonly report: ScanReport;
  readonly catalog: Catalog;
  readonly database: AdvisoryDatabase | undefined;
  close(): Promise<void>;
}

/**
 * Opens an image, catalogs it and holds it against the advisory database. The database is opened first, so that a
 * missing one is said before minutes of reading. Throws PratiqueError (see kit/errors).
 */
export async function scanImage(options: ScanOptions): Promise<Scan> {
  const database = options.databasePath === undefined ? undefined : openDatabase(options.databasePath);
  try {
    const image = await openImage(options.input, options.context);
    try {
      const { cache, context, progress } = options;
      const catalog = await catalogImage(image, {
        catalogers: CATALOGERS,
        log: context.log,
        ...(cache === undefined ? {} : { cache }),
        ...(progress === undefined ? {} : { progress }),
        ...(context.signal === undefined ? {} : { signal: context.signal }),
      });
      const report = reportOf(image, catalog, database, options);
      return { report, catalog, database, close: async () => database?.close() };
    } finally {
      await image.close();
    }
  } catch (error) {
    database?.close();
    throw error;
  }
}

function reportOf(
  image: Image,
  catalog: Catalog,
  database: AdvisoryDatabase | undefined,
  options: ScanOptions,
): ScanReport {
  const now = options.context.clock();
  const matched =
    database === undefined ? { findings: [], diagnostics: [] } : matchCatalog({ catalog, database, now });
  const findings = narrowed(matched.findings, options.narrow);
  const diagnostics = [...catalog.diagnostics, ...matched.diagnostics];
  const packages = new Map(catalog.packages.map((pkg) => [pkg.purl, pkg]));
  return {
    schemaVersion: 1,
    subject: subjectOf(image),
    distro: catalog.distro === undefined ? null : withEndOfLife(catalog.distro, database, now),
    packages: catalog.packages.map(reportPackage),
    findings,
    upgrades: upgradesOf(findings, packages),
    summary: summaryOf(catalog.packages, findings, diagnostics),
    diagnostics,
    inputs: inputsOf(database, now, options.toolVersion),
  };
}

function subjectOf(image: Image): ReportSubject {
  return {
    name: image.name,
    source: image.source,
    digest: image.digest ?? null,
    indexDigest: image.indexDigest ?? null,
    mediaType: image.mediaType ?? null,
    platform: image.platform === undefined ? null : formatPlatform(image.platform),
    created: image.config.created ?? null,
    layers: image.layers.map((layer) => layer.ref),
  };
}

function reportPackage(pkg: Package): ReportPackage {
  const { purl, name, version, type, source, layer, locations, ownedBy } = pkg;
  return { purl, name, version, type, source: source ?? null, layer, locations, ownedBy: ownedBy ?? null };
}

function summaryOf(
  packages: readonly Package[],
  findings: readonly Finding[],
  diagnostics: readonly Diagnostic[],
): ReportSummary {
  const shown = findings.filter((finding) => finding.shown);
  const hidden = findings.filter((finding) => !finding.shown);
  const bySeverity = tally(shown.map((finding) => finding.severity));
  return {
    packages: packages.length,
    packagesByType: tally(packages.map((pkg) => pkg.type)),
    shown: shown.length,
    shownBySeverity: Object.fromEntries(SEVERITIES.map((name) => [name, bySeverity[name] ?? 0])) as Record<
      Severity,
      number
    >,
    fixable: shown.filter((finding) => finding.fixedIn !== null).length,
    knownExploited: shown.filter((finding) => finding.knownExploited).length,
    hidden: hidden.length,
    hiddenByReason: tally(hidden.map((finding) => finding.receipt?.reason ?? 'no receipt')),
    undetermined: findings.filter((finding) => finding.status === 'undetermined').length,
    complete: !diagnostics.some((diagnostic) => diagnostic.unknown),
  };
}

/** Counts by word, the words in alphabetical order. */
function tally(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function inputsOf(database: AdvisoryDatabase | undefined, now: number, version: string): ReportInputs {
  const feeds = database?.feeds().map(({ feed, file, date, fetchedAt }) => ({
    feed,
    file,
    date: date ?? null,
    fetchedAt,
    ageDays: Math.max(0, Math.floor((now - Date.parse(date ?? fetchedAt)) / 86_400_000)),
  }));
  return {
    tool: { name: 'pratique', version },
    now: timestamp(now),
    database:
      database === undefined
        ? null
        : { digest: database.digest, builtAt: database.builtAt, feeds: feeds ?? [] },
  };
}
