/**
 * The nearest right name to a wrong one, or undefined where none is near: optimal string alignment distance (a swap of two
 * neighbours counts once), at most a third of the longer name's length.
 */
export function nearest(wrong: string, names: Iterable<string>): string | undefined {
  const needle = wrong.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const limit = Math.max(1, Math.ceil(Math.max(name.length, needle.length) / 3));
    const distance = alignmentDistance(needle, name.toLowerCase(), Math.min(limit, bestDistance - 1));
    if (distance <= limit && distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** The hint for a wrong name: `Did you mean users?`; null where none of the names is near. */
export function didYouMean(wrong: string, names: Iterable<string>): string | null {
  const near = nearest(wrong, names);
  return near === undefined ? null : `Did you mean ${near}?`;
}

/** Gives up with Infinity once the distance must exceed `limit`. */
function alignmentDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      row.push(cost);
    }
    if (Math.min(...row) > limit) return Number.POSITIVE_INFINITY;
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
