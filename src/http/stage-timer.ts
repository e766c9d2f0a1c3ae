/** Milliseconds of each stage of a request, in the order in which they ran. */
export class StageTimer {
  readonly #stages: (readonly [name: string, milliseconds: number])[] = [];

  run<T>(name: string, stage: () => T): T {
    const start = performance.now();
    try {
      return stage();
    } finally {
      this.#stages.push([name, performance.now() - start]);
    }
  }

  async wait<T>(name: string, stage: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await stage();
    } finally {
      this.#stages.push([name, performance.now() - start]);
    }
  }

  /** As a `Server-Timing` header. */
  header(): string {
    return this.#stages.map(([name, milliseconds]) => `${name};dur=${milliseconds.toFixed(3)}`).join(', ');
  }
}
