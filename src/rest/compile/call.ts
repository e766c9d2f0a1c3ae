import type { CallArgument, CallPlan, Value } from '../plan/types.ts';
import { bodyColumn, payloadFrom } from './payload.ts';
import { alias, column, type Parameters, qualified, quoteName } from './sql.ts';

/** The rows of a function, a scalar under the name `pgrst_scalar`. */
export function callSql(plan: CallPlan, params: Parameters): string {
  return `SELECT ${returnedColumns(plan)} ${fromSql(plan, params)}`;
}

const RESULT = alias('pgrst_call');

function returnedColumns(plan: CallPlan): string {
  if (plan.scalar || plan.setOfScalar) return column(RESULT, 'pgrst_scalar');
  if (plan.columns.length === 0) return '*';
  return plan.columns.map((name) => column(RESULT, name)).join(', ');
}

function fromSql(plan: CallPlan, params: Parameters): string {
  const given = plan.arguments;
  switch (given.kind) {
    case 'none':
      return `FROM ${invocation(plan, '')}`;
    case 'single':
      return `FROM ${invocation(plan, singleArgument(given.type, given.body, params))}`;
    case 'direct':
      return `FROM ${invocation(plan, given.of.map((argument) => directArgument(argument, params)).join(', '))}`;
    case 'json': {
      const fields = given.of.map(({ name, type }) => ({ name, type, transform: null, fallback: null }));
      const from = payloadFrom({ ...given, fields, defaults: false, first: true }, params);
      return `${from}, LATERAL ${invocation(plan, given.of.map(bodyArgument).join(', '))}`;
    }
  }
}

function invocation(plan: CallPlan, given: string): string {
  const call = `${qualified(plan.name)}(${given})`;
  return plan.scalar || plan.setOfScalar ? `(SELECT ${call} pgrst_scalar) pgrst_call` : `${call} pgrst_call`;
}

const named = ({ name, variadic }: CallArgument, value: string): string =>
  `${variadic ? 'VARIADIC ' : ''}${quoteName(name)} := ${value}`;

function directArgument(argument: CallArgument, params: Parameters): string {
  const value = argument.value === null ? 'NULL' : params.add(argument.value);
  return named(argument, `${value}::${argument.type}`);
}

const bodyArgument = (argument: CallArgument): string => named(argument, bodyColumn(argument.name));

/** Text becomes the bytes that it is written with, not those that it might be an escape of. */
function singleArgument(type: string, body: Value, params: Parameters): string {
  const value = params.add(body);
  return type === 'bytea' && body.from !== 'raw' ? `convert_to(${value}::text, 'UTF8')` : `${value}::${type}`;
}
