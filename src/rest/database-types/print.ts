/** A type as text, or an object type by its members. */
export type TypeNode = string | readonly Member[];
export type Member = readonly [key: string, type: TypeNode, optional?: 'optional'];

/** An object type over several lines; one without members says that nothing is in it. */
export function print(node: TypeNode, indent = ''): string {
  if (typeof node === 'string') return node;
  const inner = `${indent}  `;
  const lines = node.map(
    ([key, type, optional]) => `${inner}${printKey(key)}${optional ? '?' : ''}: ${print(type, inner)}`,
  );
  return lines.length === 0 ? `{\n${inner}[_ in never]: never\n${indent}}` : `{\n${lines.join('\n')}\n${indent}}`;
}

const printKey = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key));

export const literal = (text: string): string => JSON.stringify(text);

export const unionOf = (labels: readonly string[]): string =>
  labels.length === 0 ? 'never' : labels.map(literal).join(' | ');

/** `(A | B)[]`, `A[]`. */
export const arrayOf = (type: string): string => (/[\s|]/.test(type) ? `(${type})[]` : `${type}[]`);
