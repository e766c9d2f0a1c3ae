/** How far a long insert is. */
export interface InsertProgress {
  /** As the client named it. */
  readonly path: string;
  readonly rows: number;
  readonly rowsPerSecond: number;
  readonly done: boolean;
}

/** Milliseconds between two reports. */
const EVERY = 3_000;

/** Reports on a long insert now and then; a short one is not worth a word. */
export class Progress {
  readonly #path: string;
  readonly #tell: ((progress: InsertProgress) => void) | undefined;
  readonly #since = performance.now();
  #told = this.#since;

  constructor(path: string, tell: ((progress: InsertProgress) => void) | undefined) {
    this.#path = path;
    this.#tell = tell;
  }

  at(rows: number): void {
    if (performance.now() - this.#told >= EVERY) this.#report(rows, false);
  }

  end(rows: number): void {
    if (this.#told !== this.#since) this.#report(rows, true);
  }

  #report(rows: number, done: boolean): void {
    this.#told = performance.now();
    const seconds = (this.#told - this.#since) / 1_000;
    this.#tell?.({ path: this.#path, rows, rowsPerSecond: Math.round(rows / seconds), done });
  }
}
