import type { Catalog, Parameter, Routine } from '../../catalog/index.ts';
import { arrayOf, literal, type Member, print, type TypeNode } from './print.ts';
import { valueType } from './value-type.ts';

/** Whether a call can name all arguments, or the only one takes the body. */
export const isCallable = ({ parameters }: Routine): boolean =>
  parameters.length === 1 || parameters.every(({ name }) => name !== '');

/** A function's `Args` and `Returns`; overloads make a union of them. */
export function routineType(catalog: Catalog, overloads: readonly Routine[], indent: string): TypeNode {
  const types = overloads.map((routine) => overloadType(catalog, routine, indent));
  const [only] = types;
  if (types.length === 1 && only) return only;
  return types.map((type) => `\n${indent}  | ${print(type, `${indent}    `)}`).join('');
}

function overloadType(catalog: Catalog, routine: Routine, indent: string): readonly Member[] {
  const inner = `${indent}  `;
  const rows = setofOptions(catalog, routine);
  return [
    ['Args', routine.parameters.length === 0 ? 'never' : routine.parameters.map((one) => argument(catalog, one))],
    ['Returns', returns(catalog, routine, inner)],
    ...(rows ? [['SetofOptions', rows] satisfies Member] : []),
  ];
}

function argument(catalog: Catalog, { name, typeOid, required, variadic }: Parameter): Member {
  const type = valueType(catalog, typeOid);
  return required && !variadic ? [name, type] : [name, type, 'optional'];
}

function returns(
  catalog: Catalog,
  { outputs, returns: { typeOid, isSet, isSetOfOne } }: Routine,
  indent: string,
): string {
  const columns = outputs.map(({ name, typeOid: oid }): Member => [name, valueType(catalog, oid)]);
  const value = columns.length > 0 ? print(columns, indent) : valueType(catalog, typeOid);
  if (!isSet || isSetOfOne) return value;
  return columns.length > 0 ? `${value}[]` : arrayOf(value);
}

/** What lets the result of a function that returns rows of a table be filtered and embedded like that table. */
function setofOptions(catalog: Catalog, { parameters, returns: { typeOid, type, isSet, isSetOfOne } }: Routine) {
  if (catalog.types.get(typeOid)?.kind !== 'row') return undefined;
  const [first, ...others] = parameters;
  const from = first && others.length === 0 ? catalog.types.get(first.typeOid) : undefined;
  const members: readonly Member[] = [
    ['from', literal(from?.kind === 'row' ? from.name : '*')],
    ['to', literal(type.name)],
    ['isOneToOne', String(!isSet || isSetOfOne)],
    ['isSetofReturn', String(isSet)],
  ];
  return members;
}
