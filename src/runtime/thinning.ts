/**
 * Which of a growing row of moments to let go of, so that what remains lies ever closer together towards the present: the
 * one that leaves the smallest gap for how long ago it was. The first and the last stay. -1 where none may go.
 */
export function leastMissed(steps: readonly number[], mayGo: (at: number) => boolean = () => true): number {
  const now = steps.at(-1) ?? 0;
  let least = -1;
  let smallest = Number.POSITIVE_INFINITY;
  for (let at = 1; at < steps.length - 1; at++) {
    const before = steps[at - 1] as number;
    const gap = ((steps[at + 1] as number) - before) / Math.max(1, now - before);
    if (gap >= smallest || !mayGo(at)) continue;
    smallest = gap;
    least = at;
  }
  return least;
}
