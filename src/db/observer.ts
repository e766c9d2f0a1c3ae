import { ConnectionError, DatabaseError, type Observation, type Statement } from './driver.ts';

type Observer = (observation: Observation) => void;

/** What runs, for whom, and how long it waited for its turn. */
export interface Subject {
  readonly statements: readonly Pick<Statement, 'text' | 'label'>[];
  readonly label: string | undefined;
  readonly waited: number;
}

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
  around<T>(subject: Subject, rows: (value: T, index: number) => number, work: () => Promise<T>): Promise<T> {
    return this.active ? this.observed(subject, rows, work) : work();
  }

  private async observed<T>(
    subject: Subject,
    rows: (value: T, index: number) => number,
    work: () => Promise<T>,
  ): Promise<T> {
    const startedAt = Date.now();
    const start = performance.now();
    const tell = (rowsOf: (index: number) => number, error?: string) => {
      const took = performance.now() - start;
      const { statements, waited } = subject;
      for (const [index, { text, label = subject.label }] of statements.entries()) {
        this.tell({ text, label, startedAt, waited, took, rows: rowsOf(index), shared: statements.length, error });
      }
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
