import { type Command, Option } from 'commander';
import { defaultDatabasePath } from '../advisory/index.ts';
import { openLayerCache } from '../catalog/index.ts';
import type { SourceContext } from '../image/index.ts';
import { PratiqueError } from '../kit/index.ts';
import { parsePlatform } from '../model/index.ts';
import type { RenderOptions } from '../report/index.ts';
import type { CommandIo } from './io.ts';

/** Options that every command which opens an image takes. */
export interface ImageOptions {
  readonly db?: string;
  readonly cacheDir?: string;
  readonly cache: boolean;
  readonly platform?: string;
  readonly offline: boolean;
  readonly insecureRegistry: readonly string[];
  readonly quiet: boolean;
  readonly color: boolean;
  readonly verbose: boolean;
}

export function addImageOptions(command: Command): Command {
  return addDisplayOptions(command)
    .addOption(new Option('--db <file>', 'the advisory database').env('PRATIQUE_DB'))
    .addOption(
      new Option('--platform <os/arch>', 'which image of a multi-platform index').env('PRATIQUE_PLATFORM'),
    )
    .addOption(
      new Option('--offline', 'make any network access an error').env('PRATIQUE_OFFLINE').default(false),
    )
    .addOption(
      new Option(
        '--insecure-registry <host>',
        'use plain HTTP or an unverified certificate with this registry (repeatable)',
      )
        .argParser((text: string, hosts: readonly string[]) => [...hosts, ...text.split(/[\s,]+/)])
        .env('PRATIQUE_INSECURE_REGISTRY')
        .default([], 'none'),
    )
    .addOption(new Option('--cache-dir <dir>', 'where cataloged layers are kept').env('PRATIQUE_CACHE_DIR'))
    .addOption(new Option('--no-cache', 'catalog every layer anew, keep nothing'));
}

export function addDisplayOptions(command: Command): Command {
  return command
    .addOption(new Option('-q, --quiet', 'no progress and no warnings').env('PRATIQUE_QUIET').default(false))
    .addOption(new Option('--no-color', 'no colours (also NO_COLOR)'))
    .addOption(new Option('--verbose', 'say what is being done').env('PRATIQUE_VERBOSE').default(false));
}

/** Throws USAGE for a platform that is none. */
export function sourceContext(options: ImageOptions, io: CommandIo): SourceContext {
  const platform = options.platform === undefined ? undefined : parsePlatform(options.platform);
  if (options.platform !== undefined && platform === undefined) {
    throw new PratiqueError('USAGE', `"${options.platform}" is not a platform`, {
      hint: 'write it as linux/amd64 or linux/arm64/v8',
    });
  }
  return {
    env: io.env,
    clock: io.clock,
    log: io.log,
    offline: options.offline,
    insecureRegistries: options.insecureRegistry,
    signal: io.signal,
    ...(platform === undefined ? {} : { platform }),
  };
}

export function databasePath(options: ImageOptions, io: CommandIo): string {
  return options.db ?? defaultDatabasePath(io.env);
}

export function layerCache(
  options: ImageOptions,
  io: CommandIo,
): ReturnType<typeof openLayerCache> | undefined {
  if (!options.cache) return undefined;
  return openLayerCache({
    env: io.env,
    log: io.log,
    ...(options.cacheDir === undefined ? {} : { folder: options.cacheDir }),
  });
}

/** How to draw for this output: colours only for a terminal that wants them. */
export function renderOptions(
  options: { color: boolean; showAll?: boolean },
  io: CommandIo,
  toFile: boolean,
): RenderOptions {
  const terminal = !toFile && io.stdout.isTTY === true && io.env['TERM'] !== 'dumb';
  const forced = (io.env['FORCE_COLOR'] ?? '') !== '' && io.env['FORCE_COLOR'] !== '0';
  const refused = !options.color || (io.env['NO_COLOR'] ?? '') !== '';
  return {
    color: !refused && !toFile && (terminal || forced),
    links: terminal && !refused,
    showAll: options.showAll ?? false,
    ...(terminal && io.stdout.columns !== undefined ? { width: io.stdout.columns } : {}),
  };
}
