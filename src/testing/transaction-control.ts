import type { Result, Statement } from '../db/driver.ts';
import { HutchError } from '../errors/index.ts';
import { splitStatements } from '../migrate/files/statements.ts';

/** What statements about transactions mean in a test's world, which is one transaction already. */

/** Words without which no statement is one; looking for them spares the rest. */
const MAYBE = /\b(?:begin|start|commit|end|rollback|abort|prepare)\b/i;

const CONTROL =
  /^(?:begin|start\s+transaction|commit|end|abort|prepare\s+transaction|rollback(?!\s+(?:(?:work|transaction)\s+)?to\b))\b/i;

/** One that ended the world would leave what it wrote to all other tests. @throws HutchError `test_transaction` */
export function refuseControl(sql: string): void {
  if (!MAYBE.test(sql)) return;
  const control = splitStatements(sql).find(({ text }) => CONTROL.test(text));
  if (control === undefined) return;
  throw new HutchError('test_transaction', {
    details: `It would be ended by ${control.text.slice(0, 40)}`,
    hint: 'Use transaction(db, …), or testDatabase({ commits: true })',
  });
}

const SETTING = /^\s*set\s+transaction\s/i;

/** A savepoint has its transaction's, and nobody is there to be isolated from. */
const WHOLE =
  /\s*\b(?:isolation\s+level\s+(?:serializable|repeatable\s+read|read\s+(?:un)?committed)|(?:not\s+)?deferrable)\b,?/gi;

/** What can be set of a savepoint, or undefined where nothing is left to set. */
export function settable(statement: Statement): Statement | undefined {
  if (!SETTING.test(statement.text)) return statement;
  const text = statement.text.replace(WHOLE, '');
  return /^\s*set\s+transaction\s*$/i.test(text) ? undefined : { ...statement, text };
}

export const NOTHING_SET: Result = { fields: [], rows: [], command: 'SET', count: 0 };
