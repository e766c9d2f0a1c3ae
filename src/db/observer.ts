import { ConnectionError, DatabaseError, type Observation } from './driver.ts';

type Observer = (observation: Observation) => void;

/** Tells observers of each statement; costs nothing where there is none. */
export class Observers {
  private readonly observers = new Set<Observer>();

  get active(): boolean {
    return this.observers.size > 0;
  }

  add(observer: Observer): () => void {
    this.observers.add(observer);
    return () => {
      this.observers.delete(observer);
    };
  }

  /** Runs `work` and tells how it went; `rows` reads the number of rows off what it gave. */
  async around<T>(
    subject: { readonly texts: readonly string[]; readonly label?: string; readonly waited: number },
    rows: (value: T, index: number) => number,
    work: () => Promise<T>,
  ): Promise<T> {
    if (!this.active) return work();
    const startedAt = Date.now();
    const start = performance.now();
    const tell = (rowsOf: (index: number) => number, error?: string) => {
      const took = performance.now() - start;
      subject.texts.forEach((text, index) => {
        const common = { text, label: subject.label, startedAt, waited: subject.waited, took };
        this.tell({ ...common, rows: rowsOf(index), shared: subject.texts.length, error });
      });
    };
    try {
      const value = await work();
      tell((index) => rows(value, index));
      return value;
    } catch (error) {
      tell(() => 0, codeOf(error));
      throw error;
    }
  }

  private tell(observation: Observation): void {
    for (const observer of this.observers) observer(observation);
  }
}

const codeOf = (error: unknown): string =>
  error instanceof DatabaseError || error instanceof ConnectionError ? error.code : 'unknown';
