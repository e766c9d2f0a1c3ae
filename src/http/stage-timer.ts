/** Runs the stages of a request. */
export interface Timer {
  run<T>(name: string, stage: () => T): T;
  wait<T>(name: string, stage: () => T | Promise<T>): T | Promise<T>;
  /** As a `Server-Timing` header; null where nobody asked for it. */
  header(): string | null;
}

/** Where nobody wants to know. */
export const untimed: Timer = {
  run: (_name, stage) => stage(),
  wait: (_name, stage) => stage(),
  header: () => null,
};

/** Milliseconds of each stage of a request, in the order in which they began; stages of one name are one. */
export class StageTimer implements Timer {
  readonly #stages = new Map<string, number>();

  run<T>(name: string, stage: () => T): T {
    const start = performance.now();
    try {
      return stage();
    } finally {
      this.#add(name, performance.now() - start);
    }
  }

  async wait<T>(name: string, stage: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await stage();
    } finally {
      this.#add(name, performance.now() - start);
    }
  }

  header(): string {
    return [...this.#stages].map(([name, milliseconds]) => `${name};dur=${milliseconds.toFixed(3)}`).join(', ');
  }

  #add(name: string, milliseconds: number): void {
    this.#stages.set(name, (this.#stages.get(name) ?? 0) + milliseconds);
  }
}
