/**
 * What became of a row: written as a new one, changed the one there was, left it as it was (the same values, `where` said
 * no, or there was nothing to set), gave way to a later row of the call with its key, or found no row to update.
 */
export type Action = 'inserted' | 'updated' | 'unchanged' | 'superseded' | 'missing';

const NAMES: Readonly<Record<string, Action>> = {
  i: 'inserted',
  u: 'updated',
  n: 'unchanged',
  s: 'superseded',
  m: 'missing',
};

/** What a bulk write did, row by row and in sum. Rows are in the order of the input. */
export class Outcome<R = never> implements Iterable<Action> {
  readonly #letters: string;
  readonly #counts = new Map<Action, number>();

  /** @internal `letters`: one for each row, as the server counted them; a hundred thousand rows are 100 kB. */
  constructor(
    letters: string,
    /** What `returning` asked for: the rows as they are now, without those that were superseded or missing. */
    readonly rows: readonly R[],
  ) {
    this.#letters = letters;
    for (const action of this) this.#counts.set(action, this.count(action) + 1);
  }

  /** How many rows were given. */
  get size(): number {
    return this.#letters.length;
  }

  get inserted(): number {
    return this.count('inserted');
  }

  get updated(): number {
    return this.count('updated');
  }

  get unchanged(): number {
    return this.count('unchanged');
  }

  count(action: Action): number {
    return this.#counts.get(action) ?? 0;
  }

  /** What became of the row at this place of the input. */
  at(index: number): Action | undefined {
    return NAMES[this.#letters[index] ?? ''];
  }

  get actions(): readonly Action[] {
    return [...this];
  }

  *[Symbol.iterator](): Iterator<Action> {
    for (const letter of this.#letters) {
      const action = NAMES[letter];
      if (action) yield action;
    }
  }
}
