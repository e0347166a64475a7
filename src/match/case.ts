import type { FindingStatus, Package, Triage } from '../model/index.ts';
import type { AliasGroup } from './groups.ts';
import type { Match } from './hold.ts';
import type { MatchSession, Target } from './session.ts';

/** One vulnerability of one package, before it becomes a finding. */
export interface Case {
  readonly session: MatchSession;
  /** All packages of the image with this purl: the same package at several places. */
  readonly packages: readonly [Package, ...Package[]];
  readonly target: Target;
  readonly group: AliasGroup;
  readonly status: FindingStatus;
  /** The matches that the status rests on, the group's own id first. */
  readonly decisive: readonly [Match, ...Match[]];
  /** The distribution's word that it is not affected, against a record that says otherwise. */
  readonly denial: Match | undefined;
  readonly triage: Triage | null;
  /** Any package of the image by its purl. */
  packageOf(purl: string): Package | undefined;
}

type Given = Pick<Case, 'session' | 'packages' | 'target' | 'group' | 'packageOf'>;

/** What the group's matches come to; undefined when the package is free of it and nobody says otherwise. */
export function toCase(given: Given): Case | undefined {
  const ranked = ownIdFirst(given.group);
  const affected = ranked.filter(({ held }) => held.status === 'affected');
  const undetermined = ranked.filter(({ held }) => held.status === 'undetermined');
  const [first, ...rest] = affected.length > 0 ? affected : undetermined;
  if (first === undefined) return undefined;
  const denial = denialOf(ranked, first);
  const status = denial === undefined ? first.held.status : 'not_affected';
  const decisive = [first, ...rest] as const;
  const triage = decisive.find(({ entry }) => entry.triage !== undefined)?.entry.triage;
  return {
    ...given,
    status,
    decisive,
    denial,
    triage: denial === undefined ? (triage ?? null) : 'not_affected',
  };
}

function ownIdFirst({ id, matches }: AliasGroup): Match[] {
  const own = matches.filter(({ entry }) => entry.id === id);
  return own.length === 0 ? [...matches] : [...own, ...matches.filter(({ entry }) => entry.id !== id)];
}

function denialOf(matches: readonly Match[], against: Match): Match | undefined {
  return matches.find(({ entry }) => entry.triage === 'not_affected' && entry.feed !== against.entry.feed);
}
