/**
 * The base score of a CVSS 3.0 or 3.1 vector, which most records have: without loading the calculator. Undefined
 * when a base metric is missing, repeated or not of the specification. Other metrics do not change the base score.
 * Source: FIRST, CVSS v3.1 specification, sections 7.1 "Base Metrics Equations" and 7.4 "Metric Values".
 */
export function cvss3BaseScore(vector: string): number | undefined {
  const given = metricsOf(vector);
  const weigh = (name: string, table = WEIGHTS[name]): number | undefined => table?.[given.get(name) ?? ''];
  const scope = given.get('S');
  if (scope !== 'U' && scope !== 'C') return undefined;
  const changed = scope === 'C';
  const weights = [
    ...['C', 'I', 'A', 'AV', 'AC', 'UI'].map((name) => weigh(name)),
    weigh('PR', changed ? PRIVILEGES_CHANGED : PRIVILEGES),
  ];
  const [c, i, a, av, ac, ui, pr] = weights;
  if (c === undefined || i === undefined || a === undefined) return undefined;
  if (av === undefined || ac === undefined || ui === undefined || pr === undefined) return undefined;
  const impact = impactOf(1 - (1 - c) * (1 - i) * (1 - a), changed);
  if (impact <= 0) return 0;
  const raw = impact + 8.22 * av * ac * pr * ui;
  const capped = Math.min(changed ? 1.08 * raw : raw, 10);
  return vector.startsWith('CVSS:3.0/') ? Math.ceil(capped * 10) / 10 : roundUp(capped);
}

function impactOf(base: number, changed: boolean): number {
  return changed ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base;
}

/** 3.1 rounds on whole numbers, so that every machine rounds the same way (appendix A). */
function roundUp(score: number): number {
  const whole = Math.round(score * 100_000);
  return whole % 10_000 === 0 ? whole / 100_000 : (Math.floor(whole / 10_000) + 1) / 10;
}

function metricsOf(vector: string): ReadonlyMap<string, string> {
  const metrics = new Map<string, string>();
  for (const part of vector.split('/').slice(1)) {
    const colon = part.indexOf(':');
    const name = part.slice(0, colon);
    metrics.set(name, metrics.has(name) ? 'given twice' : part.slice(colon + 1));
  }
  return metrics;
}

const LOSS = { H: 0.56, L: 0.22, N: 0 };
const PRIVILEGES: Readonly<Record<string, number>> = { N: 0.85, L: 0.62, H: 0.27 };
const PRIVILEGES_CHANGED: Readonly<Record<string, number>> = { N: 0.85, L: 0.68, H: 0.5 };
const WEIGHTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  C: LOSS,
  I: LOSS,
  A: LOSS,
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
};
