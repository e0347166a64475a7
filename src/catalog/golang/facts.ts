import type { PackageFact } from '../../model/index.ts';
import type { CatalogSink } from '../cataloger.ts';
import type { Layout } from './layout.ts';
import { type GoModule, type ModuleList, parseModules } from './modules.ts';
import type { Outcome } from './search.ts';

/** Settings that say something about the result, not about the machine that built it. */
const KEPT_SETTINGS = ['GOOS', 'GOARCH', 'CGO_ENABLED', 'vcs.revision', 'vcs.time', 'vcs.modified'];

/** Says what a program was built from, or that it is a Go program, or may be one, that does not tell. */
export function reportProgram(path: string, outcome: Outcome, go: Layout['go'], out: CatalogSink): void {
  if (typeof outcome === 'string') {
    const diagnostic = unreadable(outcome, go);
    if (diagnostic !== undefined) out.diagnostic({ ...diagnostic, unknown: true, where: path });
    return;
  }
  const modules = parseModules(outcome.modules);
  reportToolchain(path, outcome.goVersion, modules, out);
  const all = [...(modules.main === undefined ? [] : [modules.main]), ...modules.dependencies];
  for (const module of all) out.package(moduleFact(module, modules));
  reportGaps(path, all, modules, out);
}

function unreadable(outcome: 'none' | 'unreadable', go: Layout['go']) {
  if (go === 'packed') {
    return {
      code: 'packed-program',
      message: 'the program is packed with UPX, so what it was built from cannot be read',
      hint: 'put the program into the image as its compiler made it',
    };
  }
  if (outcome === 'none' && go !== 'certain') return undefined;
  const why = outcome === 'none' ? 'is missing' : 'cannot be decoded';
  return {
    code: 'go-build-info-unreadable',
    message: `the modules of a Go program are unknown: its build information ${why}`,
    hint: 'build it with Go 1.18 or later',
  };
}

/** The standard library has the toolchain's version, without its `go` and without what a vendor adds after a space. */
function reportToolchain(path: string, goVersion: string, modules: ModuleList, out: CatalogSink): void {
  const version = /^go(\d\S*)/.exec(goVersion)?.[1];
  out.package({
    type: 'golang',
    name: 'stdlib',
    version: version ?? '',
    details: { goVersion, ...mainModule(modules), ...build(modules) },
  });
  if (version !== undefined) return;
  out.diagnostic({
    code: 'package-without-version',
    message: `a Go program was built with an unreleased toolchain (${goVersion})`,
    unknown: true,
    where: path,
  });
}

function moduleFact(module: GoModule, modules: ModuleList): PackageFact {
  const { path, version, replaced } = inPlace(module);
  const slash = path.lastIndexOf('/');
  const isMain = module === modules.main;
  const known = isKnown(version);
  return {
    type: 'golang',
    ...(slash === -1 ? {} : { namespace: path.slice(0, slash) }),
    name: path.slice(slash + 1),
    version: known ? version : '',
    details: {
      ...(isMain ? { main: true, ...build(modules) } : mainModule(modules)),
      ...(known ? {} : { devel: true }),
      ...replaced,
    },
  };
}

/**
 * What `replace` put in place is what is inside. A folder has no name and version of its own: the module keeps
 * those that it was required by.
 */
function inPlace(module: GoModule): { path: string; version: string; replaced: Record<string, unknown> } {
  const { path, version, replacedBy } = module;
  if (replacedBy === undefined) return { path, version, replaced: {} };
  if (/^(?:\.{0,2}[/\\]|\.{1,2}$|[A-Za-z]:)/.test(replacedBy.path)) {
    return { path, version, replaced: { replacedBy: replacedBy.path } };
  }
  return { path: replacedBy.path, version: replacedBy.version, replaced: { replaces: `${path}@${version}` } };
}

function isKnown(version: string): boolean {
  return version !== '' && version !== '(devel)';
}

function mainModule(modules: ModuleList): { mainModule?: string } {
  return modules.main === undefined ? {} : { mainModule: modules.main.path };
}

function build(modules: ModuleList): { build?: Record<string, string> } {
  const kept = KEPT_SETTINGS.flatMap((key) => {
    const value = modules.settings.get(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return kept.length === 0 ? {} : { build: Object.fromEntries(kept) };
}

/**
 * A module that was built from a checkout has no version, so no advisory can be matched. For what people write
 * themselves that is normal, so it alone does not make the result unknown.
 */
function reportGaps(path: string, all: readonly GoModule[], modules: ModuleList, out: CatalogSink): void {
  const without = all.filter((module) => !isKnown(inPlace(module).version)).map((module) => module.path);
  if (without.length > 0) {
    out.diagnostic({
      code: 'go-module-without-version',
      message: `built from a checkout, without a version: ${without.slice(0, 5).join(', ')}${without.length > 5 ? ', …' : ''}`,
      unknown: false,
      where: path,
    });
  }
  if (modules.badLines === 0) return;
  out.diagnostic({
    code: 'go-build-info-unreadable',
    message: `${modules.badLines} lines in the module list of a Go program are damaged`,
    unknown: true,
    where: path,
  });
}
