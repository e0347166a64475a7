/** One module line of the build information. */
export interface GoModule {
  readonly path: string;
  /** As written: `v1.2.3`, `(devel)`, empty. */
  readonly version: string;
  /** What `replace` in go.mod put in its place. */
  readonly replacedBy?: { readonly path: string; readonly version: string };
}

export interface ModuleList {
  /** Import path of the main package. */
  readonly path: string;
  readonly main?: GoModule;
  readonly dependencies: readonly GoModule[];
  /** The `build` lines: -ldflags, CGO_ENABLED, vcs.revision and the like, as written. */
  readonly settings: ReadonlyMap<string, string>;
  /** Lines that are not of the documented shape. */
  readonly badLines: number;
}

type Draft = { -readonly [Name in keyof GoModule]: GoModule[Name] };

/** Source: Go `runtime/debug`, `ParseBuildInfo`. */
export function parseModules(text: string): ModuleList {
  let path = '';
  let main: Draft | undefined;
  let last: Draft | undefined;
  let badLines = 0;
  const dependencies: Draft[] = [];
  const settings = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [kind = '', first = '', second, ...rest] = line.split('\t');
    if (kind === 'path') path = first;
    else if (kind === 'build') addSetting(settings, line.slice('build\t'.length));
    else if (kind !== 'mod' && kind !== 'dep' && kind !== '=>') continue;
    else if (first === '' || second === undefined || rest.length > 1) badLines += 1;
    else if (kind === '=>') {
      if (last === undefined) badLines += 1;
      else last.replacedBy = { path: first, version: second };
      last = undefined;
    } else {
      last = { path: first, version: second };
      if (kind === 'mod') main = last;
      else dependencies.push(last);
    }
  }
  return { path, ...(main === undefined ? {} : { main }), dependencies, settings, badLines };
}

function addSetting(settings: Map<string, string>, pair: string): void {
  const equals = pair.indexOf('=');
  if (equals > 0) settings.set(pair.slice(0, equals), pair.slice(equals + 1));
}
