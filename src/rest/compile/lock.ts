import { namesEmbed } from '../plan/embed.ts';
import type { ReadStatementPlan } from '../plan/types.ts';
import { conditionSql } from './condition.ts';
import { Parameters, qualified } from './sql.ts';
import type { Template } from './statement.ts';

/** Locks the root's rows until the transaction ends. Conditions on embeds are left out: more rows are locked then, never fewer. */
export function lockTemplate({ target, read }: ReadStatementPlan): Template {
  const params = new Parameters();
  const own = read.where.filter((condition) => !namesEmbed(condition));
  const where = own.map((condition) => conditionSql(target, condition, params)).join(' AND ');
  const text = `SELECT 1 FROM ${qualified(target)}${where === '' ? '' : ` WHERE ${where}`} FOR UPDATE`;
  return { text, values: params.values, recurring: true };
}
