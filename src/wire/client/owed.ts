import type { StateByte } from '../protocol/replies.ts';

/**
 * Queries to run before what comes next, and what the client believes of its transaction meanwhile: a BEGIN that was answered without
 * the engine, or a transaction that an engine took with it when it went.
 */
export class Owed {
  private queries: readonly string[] = [];
  private believed: StateByte = 'I';

  get any(): boolean {
    return this.queries.length > 0;
  }

  /** The transaction's state in the eyes of a client that has no turn. */
  get state(): StateByte {
    return this.believed;
  }

  /** A BEGIN has been answered. */
  begin(text: string): void {
    this.queries = [text];
    this.believed = 'T';
  }

  /** The transaction is gone. To its client it has failed, and ends with the client's own ROLLBACK. */
  fail(): void {
    this.queries = ['BEGIN', 'the transaction was undone'];
    this.believed = 'E';
  }

  /** The queries, which are owed no longer. */
  take(): readonly string[] {
    const { queries } = this;
    this.queries = [];
    this.believed = 'I';
    return queries;
  }
}
