import type { DatabaseError, Field, Result, Row, Statement } from '../driver.ts';
import {
  COMMAND_COMPLETE,
  DATA_ROW,
  EMPTY_QUERY,
  ERROR,
  NO_DATA,
  PARSE_COMPLETE,
  READY,
  ROW_DESCRIPTION,
  readError,
  readFields,
  readRow,
  readState,
  readTag,
  type Tag,
  type TransactionState,
} from '../protocol/backend.ts';
import type { Prepared } from './prepared.ts';

const NO_FIELDS: readonly Field[] = Object.freeze([]);

/** Of an empty query, and of a statement that is run for what it does. */
const UNREAD: Tag = Object.freeze({ command: '', count: 0 });

/** Puts together the results of one request. `receive` is handed to the link. */
export class Replies {
  readonly results: Result[] = [];
  error: DatabaseError | undefined;
  /** Undefined until ReadyForQuery. */
  state: TransactionState | undefined;
  private fields: readonly Field[] = NO_FIELDS;
  private rows: Row[] = [];
  private parsed = 0;
  private rowless: boolean;

  /**
   * `requests` are the statements of an extended request, in order, `statements` what is known of them; `unparsed` those among
   * them whose Parse is part of it. All are empty for the simple protocol.
   */
  constructor(
    private readonly requests: readonly Statement[] = [],
    private readonly statements: readonly Prepared[] = [],
    private readonly unparsed: readonly Prepared[] = [],
  ) {
    this.fields = statements[0]?.fields ?? NO_FIELDS;
    this.rowless = requests[0]?.rowless === true;
  }

  readonly receive = (type: number, buffer: Buffer, start: number, end: number): void => {
    switch (type) {
      case DATA_ROW:
        if (!this.rowless) this.rows.push(readRow(buffer, start));
        return;
      case COMMAND_COMPLETE:
        this.complete(this.rowless ? UNREAD : readTag(buffer, start, end));
        return;
      case EMPTY_QUERY:
        this.complete(UNREAD);
        return;
      case ROW_DESCRIPTION:
        this.describe(readFields(buffer, start));
        return;
      case NO_DATA:
        this.describe(NO_FIELDS);
        return;
      case PARSE_COMPLETE:
        this.parseDone();
        return;
      case ERROR:
        this.error ??= readError(buffer, start);
        return;
      case READY:
        this.state = readState(buffer, start);
    }
  };

  private complete(tag: Tag): void {
    this.results.push({ fields: this.fields, rows: this.rows, command: tag.command, count: tag.count });
    const next = this.results.length;
    this.rows = [];
    this.fields = this.statements[next]?.fields ?? NO_FIELDS;
    this.rowless = this.requests[next]?.rowless === true;
  }

  private describe(fields: readonly Field[]): void {
    this.fields = fields;
    const statement = this.statements[this.results.length];
    if (statement !== undefined) statement.fields = fields;
  }

  private parseDone(): void {
    const prepared = this.unparsed[this.parsed++];
    if (prepared !== undefined) prepared.parsed = true;
  }
}
