/** Milliseconds of each stage of a request, in the order in which they began; stages of one name are one. */
export class StageTimer {
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

  /** As a `Server-Timing` header. */
  header(): string {
    return [...this.#stages].map(([name, milliseconds]) => `${name};dur=${milliseconds.toFixed(3)}`).join(', ');
  }

  #add(name: string, milliseconds: number): void {
    this.#stages.set(name, (this.#stages.get(name) ?? 0) + milliseconds);
  }
}
