import { DatabaseError, type Driver } from '../../db/driver.ts';
import { literal, unquoted } from '../../db/quoting.ts';
import type { KitQuestion } from '../kit/kit-protocol.ts';

const NAME = '"(?:[^"]|"")+"';
const RETYPE = new RegExp(
  `^ALTER TABLE ((?:${NAME}\\.)?${NAME}) ALTER COLUMN (${NAME}) SET DATA TYPE (.+?)(?: USING (.+))?$`,
  's',
);
const RENAME = new RegExp(`^ALTER TABLE ((?:${NAME}\\.)?${NAME}) RENAME COLUMN (${NAME}) TO (${NAME})`);

/** A column of the database as it is, and how its values would be written in the new type. */
interface Retyped {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly value: string;
  readonly entity: readonly string[];
}

/**
 * Questions for the columns whose values a change of type would not keep, of which drizzle-kit asks nothing: numbers whose fraction goes,
 * texts that are cut off. The data itself decides: what comes back from its new type as it was is not lost.
 */
export async function narrowedColumns(driver: Driver, statements: readonly string[]): Promise<readonly KitQuestion[]> {
  const narrowed: KitQuestion[] = [];
  for (const it of retypedIn(statements)) {
    if (!(await losesValues(driver, it))) continue;
    narrowed.push({ type: 'confirm_data_loss', kind: 'column', entity: it.entity, reason: 'narrowed' });
  }
  return narrowed;
}

function retypedIn(statements: readonly string[]): readonly Retyped[] {
  const formerly = new Map<string, string>();
  return statements.flatMap((statement) => {
    const [, owner, from = '', to] = RENAME.exec(statement) ?? [];
    formerly.set(`${owner}.${to}`, from);
    const [, table = '', name = '', type = '', using = `${name}::${type}`] = RETYPE.exec(statement) ?? [];
    if (table === '') return [];
    const column = formerly.get(`${table}.${name}`) ?? name;
    const path = [...table.matchAll(new RegExp(NAME, 'g')), [name]].map(([part = '']) => unquoted(part));
    const entity = path.length === 2 ? ['public', ...path] : path;
    return [{ table, column, type, value: using.replaceAll(name, column), entity }];
  });
}

/** A text that becomes something else is only written otherwise; what is no value of the new type is for Postgres to refuse. */
async function losesValues(driver: Driver, { table, column, type, value }: Retyped): Promise<boolean> {
  const isText = (of: string) => `(SELECT typcategory = 'S' FROM pg_type WHERE oid = ${of})`;
  try {
    const { rows } = await driver.query({
      text: `SELECT format_type(atttypid, atttypmod) FROM pg_attribute
        WHERE attrelid = ${literal(table)}::regclass AND quote_ident(attname) IN (${literal(column)}, ${literal(unquoted(column))})
          AND (NOT ${isText('atttypid')} OR ${isText(`pg_typeof(NULL::${type})`)})`,
      prepare: false,
    });
    const [[former] = []] = rows;
    if (typeof former !== 'string') return false;
    const back = `(${value})::${former}`;
    const lost = await driver.query({
      text: `SELECT FROM ${table} WHERE ${column} IS DISTINCT FROM ${back} LIMIT 1`,
      prepare: false,
    });
    return lost.rows.length > 0;
  } catch (error) {
    if (error instanceof DatabaseError) return false;
    throw error;
  }
}
