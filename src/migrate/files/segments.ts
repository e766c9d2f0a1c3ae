import { type SqlStatement, skeleton, splitStatements } from './statements.ts';

/** Statements that are applied together: in one transaction, or a single one outside any. */
export interface Segment {
  readonly transaction: boolean;
  readonly statements: readonly SqlStatement[];
}

/** How a file is applied. One segment with a transaction is the rule; more only where Postgres demands it. */
export interface Course {
  readonly segments: readonly Segment[];
  /** Why it is not one transaction; undefined where it is. */
  readonly reason: string | undefined;
}

/** What Postgres refuses inside a transaction block. */
const OUTSIDE = [
  /^CREATE (UNIQUE )?INDEX CONCURRENTLY\b/i,
  /^DROP INDEX CONCURRENTLY\b/i,
  /^REINDEX\b.*\bCONCURRENTLY\b/i,
  /^REINDEX (\([^)]*\) )?(DATABASE|SYSTEM)\b/i,
  /^ALTER TABLE\b.*\bDETACH PARTITION\b.*\bCONCURRENTLY\b/i,
  /^VACUUM\b/i,
  /^CLUSTER$/i,
  /^ALTER SYSTEM\b/i,
  /^(CREATE|DROP) (DATABASE|TABLESPACE|SUBSCRIPTION)\b/i,
];
const TRANSACTION_CONTROL = /^(BEGIN|START TRANSACTION|COMMIT|END)( WORK| TRANSACTION)?\b[^;]*$/i;
const ADD_VALUE = /^ALTER TYPE\b.*\bADD VALUE\b/i;
const DIRECTIVE = /^\s*--\s*(?:hutch:\s*)?no[- ]transaction\b/im;

/** @param retried the new enum value turned out to be used in its own transaction (SQLSTATE 55P04). */
export function courseOf(sql: string, options: { readonly splitEnums?: boolean } = {}): Course {
  const statements = splitStatements(sql);
  if (DIRECTIVE.test(sql)) return { segments: statements.map(alone), reason: 'the file says so' };
  const own = statements.filter((it) => !TRANSACTION_CONTROL.test(skeleton(it.text)));
  const outside = own.find(demandsOutside);
  const splitEnums = options.splitEnums === true || enumUsedLater(own);
  if (!outside && !splitEnums) return { segments: [{ transaction: true, statements: own }], reason: undefined };
  const reason = outside
    ? `${headline(outside.text)} cannot run in a transaction`
    : 'a new enum value is used later on';
  return { segments: segmentsOf(own, splitEnums), reason };
}

const alone = (statement: SqlStatement): Segment => ({ transaction: false, statements: [statement] });

function demandsOutside(statement: SqlStatement): boolean {
  const words = skeleton(statement.text);
  return OUTSIDE.some((pattern) => pattern.test(words));
}

/** A value added to an enum can't be used before its transaction has ended, unless the type is new as well. */
function enumUsedLater(statements: readonly SqlStatement[]): boolean {
  return statements.some((statement, index) => {
    const value = addedValue(statement);
    return value !== undefined && statements.slice(index + 1).some((later) => usesValue(later, value));
  });
}

function addedValue(statement: SqlStatement): string | undefined {
  if (!ADD_VALUE.test(skeleton(statement.text))) return undefined;
  return /ADD\s+VALUE\s+(?:IF\s+NOT\s+EXISTS\s+)?('(?:[^']|'')*')/i.exec(statement.text)?.[1];
}

/** `ADD VALUE 'b' AFTER 'a'` names a value but does not use it. */
const usesValue = (statement: SqlStatement, value: string): boolean =>
  addedValue(statement) === undefined && statement.text.includes(value);

function segmentsOf(statements: readonly SqlStatement[], splitEnums: boolean): readonly Segment[] {
  const segments: Segment[] = [];
  let open: SqlStatement[] = [];
  const close = () => {
    if (open.length > 0) segments.push({ transaction: true, statements: open });
    open = [];
  };
  for (const statement of statements) {
    if (demandsOutside(statement)) {
      close();
      segments.push(alone(statement));
    } else {
      const wasAdding = open.length > 0 && addedValue(open[open.length - 1] ?? statement) !== undefined;
      if (splitEnums && wasAdding && addedValue(statement) === undefined) close();
      open.push(statement);
    }
  }
  close();
  return segments;
}

/** The statement's first words, for messages: `CREATE INDEX CONCURRENTLY "users_email"`. */
function headline(text: string): string {
  const words = text.replace(/\s+/g, ' ').trim();
  return words.length > 72 ? `${words.slice(0, 71)}…` : words;
}
