import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tool } from './run.ts';
import { sharedData } from './shared.ts';

/** Unpacks the fixtures of one peer (`aquasecurity+trivy`) once, and returns their folder. */
export function fixtures(peer: string): string {
  const folder = join(tmpdir(), 'pratique-field', 'fixtures', peer);
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.part`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  tool('tar', ['--zstd', '-xf', sharedData(`fixtures/${peer}.tar.zst`), '-C', unfinished]);
  renameSync(unfinished, folder);
  return folder;
}

/** The files inside a txtar archive, by name. Source: golang.org/x/tools/txtar. */
export function txtar(text: string): Map<string, string> {
  const files = new Map<string, string>();
  const parts = text.split(/^-- (.+) --\n/m);
  for (let at = 1; at < parts.length; at += 2) files.set(parts[at] ?? '', parts[at + 1] ?? '');
  return files;
}
