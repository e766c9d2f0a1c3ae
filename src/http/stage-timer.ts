/** Told where a request is on its way. */
export interface Timer {
  /** A stage begins, and with that the one before has ended. */
  begin(stage: string): void;
  /** As a `Server-Timing` header, which ends the last stage; null where nobody asked for it. */
  header(): string | null;
}

/** Where nobody wants to know. */
export const untimed: Timer = {
  begin: () => {},
  header: () => null,
};

/** Milliseconds of each stage of a request, in the order in which they began; stages of one name are one. */
export class StageTimer implements Timer {
  readonly #stages = new Map<string, number>();
  #stage: string | undefined;
  #began = 0;

  begin(stage: string): void {
    this.#end();
    this.#stage = stage;
  }

  header(): string {
    this.#end();
    return [...this.#stages].map(([name, milliseconds]) => `${name};dur=${milliseconds.toFixed(3)}`).join(', ');
  }

  #end(): void {
    const now = performance.now();
    if (this.#stage !== undefined) {
      this.#stages.set(this.#stage, (this.#stages.get(this.#stage) ?? 0) + now - this.#began);
    }
    this.#stage = undefined;
    this.#began = now;
  }
}
