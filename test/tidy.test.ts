import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, type SourceFile, sourceFiles } from './kit/source-tree.ts';

/** The rules of the house (ARCHITECTURE.md), held against the source. A rule that is only written down is not one. */
const FILES = sourceFiles('src');
const BY_PATH = new Map(FILES.map((file) => [file.path, file]));

/** A folder may import those named here and nothing else of ours. Lower floors never import upper ones. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  model: [],
  kit: [],
  version: ['model', 'kit'],
  archive: ['model', 'kit'],
  registry: ['model', 'kit', 'version'],
  advisory: ['model', 'kit', 'version', 'archive'],
  image: ['model', 'kit', 'archive', 'registry'],
  match: ['model', 'kit', 'version', 'advisory'],
  catalog: ['model', 'kit', 'version', 'archive', 'image'],
  report: ['model', 'kit'],
  flow: ['model', 'kit', 'version', 'advisory', 'image', 'match', 'catalog', 'report'],
  cli: ['model', 'kit', 'version', 'advisory', 'image', 'match', 'catalog', 'report', 'flow'],
};

/** Which packages a folder may use; what is not named here is not used. */
const MAY_USE: Record<string, readonly string[]> = {
  kit: ['undici'],
  match: ['ae-cvss-calculator'],
  cli: ['commander'],
};

/** Modules of Node that only some places may use: the disk, the network, other programs. */
const GUARDED: readonly { readonly modules: readonly string[]; readonly allowed: RegExp }[] = [
  {
    modules: ['node:fs', 'node:fs/promises'],
    allowed: /^src\/(kit\/files|image\/sources\/|advisory\/database|catalog\/cache|cli\/version)/,
  },
  { modules: ['node:sqlite'], allowed: /^src\/advisory\/database/ },
  {
    modules: ['node:http', 'node:https', 'node:net', 'node:tls', 'undici'],
    allowed: /^src\/(kit\/http|registry\/)/,
  },
  { modules: ['node:child_process'], allowed: /^src\/registry\// },
];

/** Plug-in folders: each holds one thing a list must name. */
const LISTS: readonly { readonly list: string; readonly plugins: readonly string[] }[] = [
  { list: 'src/version/schemes.ts', plugins: filesOf('src/version/schemes') },
  { list: 'src/catalog/catalogers.ts', plugins: foldersOf('src/catalog') },
  { list: 'src/match/matchers.ts', plugins: filesOf('src/match/matchers') },
  {
    list: 'src/advisory/updaters.ts',
    plugins: foldersOf('src/advisory').filter((path) => !path.endsWith('/database')),
  },
  { list: 'src/image/sources.ts', plugins: filesOf('src/image/sources') },
  { list: 'src/cli/commands.ts', plugins: filesOf('src/cli/commands') },
];

const folderOf = (path: string): string => path.split('/')[1] ?? '';

describe('the structure', () => {
  it('lets imports go down only', () => {
    const wrong = FILES.flatMap((file) =>
      file.imports
        .map((to) => [folderOf(file.path), folderOf(to), to] as const)
        .filter(([from, to]) => from !== to && !MAY_IMPORT[from]?.includes(to))
        .map(([, , to]) => `${file.path} imports ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has one door a folder: its index.ts', () => {
    const wrong = FILES.flatMap((file) =>
      file.imports
        .filter((to) => folderOf(to) !== folderOf(file.path) && !/^src\/[a-z]+\/index\.ts$/.test(to))
        .map((to) => `${file.path} imports ${to}`),
    );
    expect(wrong).toEqual([]);
  });

  it('has no import cycles', () => {
    expect(cycles()).toEqual([]);
  });

  it('names every plug-in in its list', () => {
    for (const { list, plugins } of LISTS) {
      const listed = BY_PATH.get(list)?.imports ?? [];
      const reached = new Set(listed.flatMap((path) => [path, ...(BY_PATH.get(path)?.imports ?? [])]));
      expect
        .soft(
          plugins.filter((path) => !reached.has(path)),
          list,
        )
        .toEqual([]);
    }
  });

  it('lets no plug-in import its siblings', () => {
    const wrong = LISTS.flatMap(({ plugins }) => {
      const homes = plugins.map((path) =>
        path.endsWith('/index.ts') ? path.slice(0, -'index.ts'.length) : path,
      );
      const homeOf = (path: string): string | undefined =>
        homes.find((home) => path === home || path.startsWith(home));
      return FILES.flatMap((file) =>
        file.imports
          .filter(
            (to) =>
              homeOf(file.path) !== undefined && homeOf(to) !== undefined && homeOf(to) !== homeOf(file.path),
          )
          .map((to) => `${file.path} imports ${to}`),
      );
    });
    expect(wrong).toEqual([]);
  });

  it('keeps every directory of src in the table of floors', () => {
    expect(
      [...new Set(FILES.map((file) => folderOf(file.path)))].filter((name) => !(name in MAY_IMPORT)),
    ).toEqual([]);
  });
});

describe('what the code may touch', () => {
  it('uses only the packages that are allowed where they are used', () => {
    const wrong = FILES.flatMap((file) =>
      file.packages
        .filter(
          (name) => !name.startsWith('node:') && !MAY_USE[folderOf(file.path)]?.includes(packageName(name)),
        )
        .map((name) => `${file.path} uses ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('opens the disk, the network and other programs only at their doors', () => {
    const wrong = GUARDED.flatMap(({ modules, allowed }) =>
      FILES.filter(
        (file) => file.packages.some((name) => modules.includes(name)) && !allowed.test(file.path),
      ).map((file) => file.path),
    );
    expect(wrong).toEqual([]);
    const fetching = FILES.filter(
      (file) => /\bfetch\(/.test(code(file)) && !/^src\/(kit\/http|registry\/|advisory\/)/.test(file.path),
    );
    expect(fetching.map((file) => file.path)).toEqual([]);
  });

  it('lists every outbound address in the docs', () => {
    const docs = readFileSync(join(ROOT, 'docs', 'network.md'), 'utf8');
    const hosts = FILES.flatMap((file) =>
      [...code(file).matchAll(/https:\/\/([a-z0-9.-]+\.[a-z]+)/g)].map((match) => match[1] ?? ''),
    );
    expect([...new Set(hosts)].filter((host) => !docs.includes(host))).toEqual([]);
  });
});

describe('the shape of files', () => {
  it('keeps files at 400 lines at most, functions at 70', () => {
    const long = FILES.filter((file) => file.lines > 400).map((file) => `${file.path}: ${file.lines} lines`);
    const wide = FILES.flatMap((file) => longFunctions(file).map((row) => `${file.path}:${row}`));
    expect([...long, ...wide]).toEqual([]);
  });

  it('has no default exports, no home for leftovers, and names in kebab case', () => {
    expect(FILES.filter((file) => /^export default/m.test(file.text)).map((file) => file.path)).toEqual([]);
    expect(
      FILES.filter((file) => /\b(utils?|helpers?|misc|common)(\.ts|\/)/.test(file.path)).map(
        (file) => file.path,
      ),
    ).toEqual([]);
    expect(FILES.filter((file) => !/^[a-z0-9/.-]+$/.test(file.path)).map((file) => file.path)).toEqual([]);
  });

  it('finishes what it begins', () => {
    expect(
      FILES.filter((file) => /\b(TODO|FIXME|XXX|HACK)\b/.test(file.text)).map((file) => file.path),
    ).toEqual([]);
  });

  it('keeps ARCHITECTURE.md at 250 lines at most', () => {
    expect(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(250);
  });
});

function filesOf(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  const names = readdirSync(join(ROOT, folder)).filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts'),
  );
  return names.map((name) => `${folder}/${name}`);
}

function foldersOf(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  const names = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  return names.map((entry) => `${folder}/${entry.name}/index.ts`).filter((path) => BY_PATH.has(path));
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The text without comments; good enough to look for words in it. */
function code(file: SourceFile): string {
  return file.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function cycles(): string[] {
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return;
    if (state.get(path) === 'open') {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      return;
    }
    state.set(path, 'open');
    for (const next of BY_PATH.get(path)?.imports ?? []) visit(next, [...trail, path]);
    state.set(path, 'done');
  };
  for (const file of FILES) visit(file.path, []);
  return found;
}

/** Functions by the formatter's layout: from a line that opens one to the closing brace at the same indent. */
function longFunctions(file: SourceFile): string[] {
  const lines = file.text.split('\n');
  return lines.flatMap((line, start) => {
    const opening =
      /^(\s*)(?:export )?(?:async )?(?:function\b|(?:(?:private|static|readonly|override) )*(?:async )?[#\w]+\([^)]*\)[^;]*\{$|const \w+ = (?:async )?\(.*=> \{$)/.exec(
        line,
      );
    if (opening === null || !line.trimEnd().endsWith('{') || /^\s*(if|for|while|switch|catch)\b/.test(line))
      return [];
    const close = lines.findIndex(
      (candidate, index) => index > start && candidate.startsWith(`${opening[1]}}`),
    );
    return close - start + 1 > 70 ? [`${start + 1}: a function of ${close - start + 1} lines`] : [];
  });
}
