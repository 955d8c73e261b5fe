/** Which versions of a drawing are kept: all of the last hour, then one an hour, after a day one a day. */
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Those that are given up, of times in milliseconds. The newest of each hour or day stays. */
export function outdated(times: readonly number[], now: number): readonly number[] {
  const slots = new Map<string, number>();
  const dropped: number[] = [];
  for (const time of [...times].sort((a, b) => b - a)) {
    const age = now - time;
    if (age < HOUR) continue;
    const slot = age < DAY ? `hour ${Math.floor(time / HOUR)}` : `day ${Math.floor(time / DAY)}`;
    if (slots.has(slot)) dropped.push(time);
    else slots.set(slot, time);
  }
  return dropped;
}
