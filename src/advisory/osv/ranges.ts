import type { VersionRange } from '../../model/index.ts';
import { listOf, objectOf, textOf } from '../json-values.ts';

/** Below 0 when `a` is older, undefined when one of them is no version of the scheme. */
export type CompareVersions = (a: string, b: string) => number | undefined;

interface Event {
  readonly kind: 'introduced' | 'fixed' | 'lastAffected';
  readonly version: string;
}

/**
 * The events of one range as half-open ranges. Events may come in any order; they are put in the order of their
 * versions first. Ranges that hold no version (introduced where it is fixed) vanish.
 * Source: OSV schema, "affected[].ranges[].events" and "Evaluation".
 */
export function rangesOf(rawEvents: unknown, compare: CompareVersions): VersionRange[] {
  const events = listOf(rawEvents).flatMap(eventsIn);
  const groups = groupsByVersion(events, compare);
  return groups === undefined ? inGivenOrder(events) : inVersionOrder(groups);
}

/** `limit` events are left out: they bound git histories only. */
function eventsIn(raw: unknown): Event[] {
  const event = objectOf(raw);
  const found: Event[] = [];
  for (const [key, kind] of EVENT_KINDS) {
    const version = textOf(event[key]);
    if (version !== undefined) found.push({ kind, version });
  }
  return found;
}

const EVENT_KINDS = [
  ['introduced', 'introduced'],
  ['fixed', 'fixed'],
  ['last_affected', 'lastAffected'],
] as const;

/** The events, oldest version first, those of one version together; undefined when a version does not parse. */
function groupsByVersion(events: readonly Event[], compare: CompareVersions): Event[][] | undefined {
  let readable = true;
  const order = (a: Event, b: Event): number => {
    if (isFirst(a) || isFirst(b)) return Number(isFirst(b)) - Number(isFirst(a));
    const result = compare(a.version, b.version);
    if (result === undefined) readable = false;
    return result ?? 0;
  };
  const sorted = [...events].sort(order);
  const groups: Event[][] = [];
  for (const event of sorted) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && order(last[0], event) === 0) last.push(event);
    else groups.push([event]);
  }
  return readable ? groups : undefined;
}

/** "0" is before every version in every scheme; `0.0.0-0` is the same in semver's. */
function isFirst({ version }: Event): boolean {
  return version === '0' || version === '0.0.0-0';
}

function inVersionOrder(groups: readonly (readonly Event[])[]): VersionRange[] {
  const ranges: VersionRange[] = [];
  let open: Event | undefined;
  for (const group of groups) {
    const opens = group.find((event) => event.kind === 'introduced');
    const closes =
      group.find((event) => event.kind === 'lastAffected') ?? group.find((event) => event.kind === 'fixed');
    if (open !== undefined && closes !== undefined) {
      ranges.push(closed(open, closes));
      // Fixed and introduced again in the same version: the second stretch begins here.
      open = closes.kind === 'fixed' ? opens : undefined;
    } else if (open === undefined && opens !== undefined) {
      if (closes === undefined) open = opens;
      else if (closes.kind === 'lastAffected') ranges.push(closed(opens, closes));
    }
  }
  if (open !== undefined) ranges.push(started(open));
  return ranges;
}

/** Without a usable order each end is taken with the last beginning before it: rather too much than too little. */
function inGivenOrder(events: readonly Event[]): VersionRange[] {
  const ranges: VersionRange[] = [];
  let open: Event | undefined;
  let used = true;
  for (const event of events) {
    if (event.kind === 'introduced') {
      if (open !== undefined && !used) ranges.push(started(open));
      open = event;
      used = false;
    } else {
      ranges.push(open === undefined ? ending(event) : closed(open, event));
      used = true;
    }
  }
  if (open !== undefined && !used) ranges.push(started(open));
  return ranges;
}

function closed(open: Event, end: Event): VersionRange {
  return { ...started(open), ...ending(end) };
}

function started(open: Event): VersionRange {
  return isFirst(open) ? {} : { introduced: open.version };
}

function ending(end: Event): VersionRange {
  return end.kind === 'fixed' ? { fixed: end.version } : { lastAffected: end.version };
}
