import { type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import { assignmentsOf, type Changes } from './change.ts';
import { aliasOf, keysMatch, namesOf, ORD, sourceNamesOf } from './names.ts';
import type { Shape } from './shape.ts';
import type { ResolvedTarget } from './target.ts';

/** What to do with a row whose key exists already. */
export interface Conflict {
  readonly target: ResolvedTarget;
  readonly changes: Changes;
  readonly where: SQL | undefined;
  readonly onlyIfChanged: boolean;
  /** Partitioned tables don't give away their rows' `xmax`. */
  readonly partitioned: boolean;
}

/**
 * An INSERT of a shape's rows. `complete` says that it returns each row it was given, in that order: then the results fall
 * to the rows one by one; otherwise they have to find each other by the key.
 */
export interface Insert {
  readonly statement: SQL;
  readonly complete: boolean;
  /** What tells a new row from an updated one: none is updated, its `xmax`, or that its key was not there before. */
  readonly fresh: 'always' | 'xmax' | 'absent';
}

export function insertFrom(table: PgTable, shape: Shape, from: SQL, conflict: Conflict | undefined): Insert {
  const columns = shape.columns;
  const rows =
    columns.length === 0
      ? sql`insert into ${table} select from ${from}`
      : sql`insert into ${table} (${namesOf(columns)}) select ${sourceNamesOf(columns)} from ${from}`;
  const end = conflict && conflictClause(shape, conflict);
  if (!conflict || !end) return { statement: rows, complete: true, fresh: 'always' };
  const updates = shape.keyed && conflict.changes.for(shape).length > 0;
  const fresh = updates ? (conflict.partitioned ? 'absent' : 'xmax') : 'always';
  return { statement: sql`${rows} ${end.clause}`, complete: end.complete && fresh !== 'absent', fresh };
}

function conflictClause(shape: Shape, conflict: Conflict): { clause: SQL; complete: boolean } {
  const { target, changes } = conflict;
  const assignments = changes.for(shape);
  if (assignments.length === 0) {
    return { clause: sql`on conflict ${target.clause} do nothing`, complete: !shape.keyed };
  }
  const tests = [
    ...(conflict.onlyIfChanged ? [changes.differs(assignments)] : []),
    ...(conflict.where ? [sql`(${conflict.where})`] : []),
  ];
  // Rows without a key can't meet one, so no test may keep them from being returned.
  const where = tests.length > 0 && shape.keyed ? sql` where ${sql.join(tests, sql` and `)}` : sql``;
  return {
    clause: sql`on conflict ${target.clause} do update set ${assignmentsOf(assignments)}${where}`,
    complete: tests.length === 0 || !shape.keyed,
  };
}

/** `xmax` is zero in a row version that no transaction has locked or replaced: one that this statement has inserted. */
const freshOf = ({ fresh }: Insert): SQL =>
  sql.raw(fresh === 'xmax' ? '(xmax = 0) as hutch_fresh' : 'true as hutch_fresh');
const LETTER = sql.raw(`case when hutch_fresh then 'i' when not hutch_fresh then 'u' else 'n' end`);

/** One row with `letters`: a letter for each row of the source, in its order. */
export function lettersOf(table: PgTable, insert: Insert, from: SQL, key: readonly string[]): SQL {
  if (insert.complete) {
    return sql`with up as (${insert.statement} returning ${freshOf(insert)})
      select coalesce(string_agg(${LETTER}, ''), '') as letters from up`;
  }
  const names = namesOf(key.map((name) => ({ name })));
  const up = sql`with up as (${insert.statement} returning ${names}, ${freshOf(insert)})`;
  const joined = sql`${from} left join up on ${keysMatch(sql.raw('up'), sql.raw('s'), key)}`;
  if (insert.fresh !== 'absent') {
    return sql`${up} select coalesce(string_agg(${LETTER}, '' order by ${ORD}), '') as letters from ${joined}`;
  }
  // Outside of its WITH a statement sees the table as it was before.
  const [first = ''] = key;
  return sql`${up} select coalesce(string_agg(case when hutch_fresh is null then 'n' when t.${sql.identifier(first)} is null
      then 'i' else 'u' end, '' order by ${ORD}), '') as letters
    from ${joined} left join ${table} as t on ${keysMatch(sql.raw('t'), sql.raw('s'), key)}`;
}

/** The body of a CTE with the written rows whole, and whether each is new. */
export const returningAll = (insert: Insert): SQL => sql`${insert.statement} returning *, ${freshOf(insert)}`;

export const freshLetter = sql<string>`${LETTER}`;

/** An UPDATE from a source; every row of it has its key. */
export function updateFrom(table: PgTable, shape: Shape, from: SQL, conflict: Conflict): SQL {
  const { target, changes } = conflict;
  const assignments = changes.for(shape);
  const alias = aliasOf(table);
  const tests = [
    keysMatch(alias, sql.raw('s'), target.columns),
    ...(conflict.onlyIfChanged ? [changes.differs(assignments)] : []),
    ...(conflict.where ? [sql`(${conflict.where})`] : []),
  ];
  // Where as many rows were updated as came, nobody has to look for the others.
  return sql`with up as (update ${table} set ${assignmentsOf(assignments)} from ${from}
      where ${sql.join(tests, sql` and `)} returning ${ORD} as at),
    sum as (select (select count(*) from up) as updated, (select count(*) from ${from}) as came)
    select case when updated = came then repeat('u', updated::int) else (select coalesce(string_agg(case when up.at is not null then 'u' when t.${sql.identifier(target.columns[0] ?? '')} is not null then 'n' else 'm' end, ''
        order by ${ORD}), '')
      from ${from} left join up on up.at = ${ORD}
      left join ${table} as t on ${keysMatch(sql.raw('t'), sql.raw('s'), target.columns)}) end as letters
    from sum`;
}
