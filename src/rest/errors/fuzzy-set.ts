/**
 * The fuzzy set behind the dialect's "Perhaps you meant …": candidates share n-grams with the needle (cosine similarity, first
 * by threes, then by twos), and the best fifty are ranked by normalized Levenshtein similarity. After Glen Chiacchieri's
 * fuzzyset and its descendants; scores agree with theirs, since clients see which name is chosen.
 */
const gramSizes = [3, 2] as const;
const rankedCandidates = 50;
/** The score that counts as a match where the caller names none. */
const defaultScore = 0.33;
/** Needles longer than this are not compared: Levenshtein costs length squared. */
const longestNeedle = 256;

interface Indexed {
  readonly key: string;
  readonly magnitude: number;
}

interface GramIndex {
  readonly items: readonly Indexed[];
  /** Gram → [item, occurrences] pairs. */
  readonly postings: ReadonlyMap<string, readonly (readonly [number, number])[]>;
}

export interface Match {
  readonly score: number;
  readonly name: string;
}

export class FuzzySet {
  static readonly #kept = new WeakMap<readonly string[], FuzzySet>();

  /** The set of a catalog's own list of names, made once. */
  static of(names: readonly string[]): FuzzySet {
    const known = FuzzySet.#kept.get(names) ?? new FuzzySet(names);
    FuzzySet.#kept.set(names, known);
    return known;
  }

  readonly #names = new Map<string, string>();
  readonly #indexes = new Map<number, GramIndex>();

  constructor(names: Iterable<string>) {
    // of equally good candidates the last one wins, so it comes first
    for (const name of [...names].reverse())
      if (!this.#names.has(name.toLowerCase())) this.#names.set(name.toLowerCase(), name);
  }

  /** Matches, best first; an exact one (but for case) alone with score 1. */
  matches(needle: string, minScore = defaultScore): readonly Match[] {
    const key = needle.toLowerCase();
    const exact = this.#names.get(key);
    if (exact !== undefined) return [{ score: 1, name: exact }];
    if (key.length > longestNeedle) return [];
    for (const size of gramSizes) {
      const found = this.#bySimilarity(key, this.#candidates(key, size)).filter((match) => match.score >= minScore);
      if (found.length > 0) return found;
    }
    return [];
  }

  best(needle: string, minScore = defaultScore): string | undefined {
    return this.matches(needle, minScore)[0]?.name;
  }

  #bySimilarity(key: string, candidates: readonly string[]): readonly Match[] {
    return candidates
      .map((candidate) => ({ score: similarity(candidate, key), name: this.#names.get(candidate) ?? candidate }))
      .sort((a, b) => b.score - a.score);
  }

  #candidates(key: string, size: number): readonly string[] {
    const index = this.#index(size);
    const products = new Map<number, number>();
    const grams = gramCounts(key, size);
    for (const [gram, count] of grams)
      for (const [item, occurrences] of index.postings.get(gram) ?? [])
        products.set(item, (products.get(item) ?? 0) + count * occurrences);
    const norm = magnitude(grams);
    return [...products]
      .sort(([a], [b]) => inTrieOrder(a, b))
      .map(([item, product]) => ({ item: index.items[item], product }))
      .map(({ item, product }) => ({ key: item?.key ?? '', cosine: product / (norm * (item?.magnitude ?? 1)) }))
      .sort((a, b) => b.cosine - a.cosine)
      .slice(0, rankedCandidates)
      .map((candidate) => candidate.key);
  }

  #index(size: number): GramIndex {
    const known = this.#indexes.get(size);
    if (known !== undefined) return known;
    const made = indexGrams([...this.#names.keys()], size);
    this.#indexes.set(size, made);
    return made;
  }
}

/**
 * Which of two equally good candidates comes first: the dialect keeps them by number in a hash trie, which is walked by the
 * numbers' lowest five bits.
 */
const inTrieOrder = (a: number, b: number): number => (a & 31) - (b & 31) || a - b;

function indexGrams(keys: readonly string[], size: number): GramIndex {
  const postings = new Map<string, (readonly [number, number])[]>();
  const items = keys.map((key, item) => {
    const grams = gramCounts(key, size);
    for (const [gram, count] of grams) {
      const list = postings.get(gram);
      if (list === undefined) postings.set(gram, [[item, count]]);
      else list.push([item, count]);
    }
    return { key, magnitude: magnitude(grams) };
  });
  return { items, postings };
}

/** Letters, digits, spaces and commas count; a `-` marks both ends. */
function gramCounts(key: string, size: number): ReadonlyMap<string, number> {
  const text = `-${key.replace(/[^\p{L}\p{N}, ]+/gu, '')}-`.padEnd(size, '-');
  const counts = new Map<string, number>();
  for (let start = 0; start + size <= text.length; start++) {
    const gram = text.slice(start, start + size);
    counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

function magnitude(counts: ReadonlyMap<string, number>): number {
  let squares = 0;
  for (const count of counts.values()) squares += count * count;
  return Math.sqrt(squares);
}

/** 1 for equal texts, 0 for texts with nothing in common. */
function similarity(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - levenshtein(a, b) / longest;
}

function levenshtein(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substituted = cell(above, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substituted, cell(above, column) + 1, cell(current, column - 1) + 1));
    }
    above = current;
  }
  return cell(above, b.length);
}

const cell = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
