/** Milliseconds since 1970, handed in so that results can be replayed. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** RFC 3339 in UTC, without fraction. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/**
 * The clock that the environment asks for: `SOURCE_DATE_EPOCH` in seconds where set (reproducible output), else
 * the system's. Source: reproducible-builds.org, SOURCE_DATE_EPOCH.
 */
export function clockOf(env: Readonly<Record<string, string | undefined>>): Clock {
  const epoch = env['SOURCE_DATE_EPOCH'];
  if (epoch === undefined || !/^\d{1,12}$/.test(epoch)) return systemClock;
  const ms = Number(epoch) * 1000;
  return () => ms;
}
