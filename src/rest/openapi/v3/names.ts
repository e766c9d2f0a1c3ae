import type { Qualified } from '../../../catalog/index.ts';

/** A component's name: what is not allowed in one is written as its code point, `_u20_` for a blank. */
export function componentName(...parts: readonly string[]): string {
  return parts
    .map((part) => part.replace(/[^A-Za-z0-9_-]/gu, (sign) => `_u${sign.codePointAt(0)?.toString(16)}_`))
    .join('.');
}

export const schemaRef = (name: string): { readonly $ref: string } => ({ $ref: `#/components/schemas/${name}` });
export const parameterRef = (name: string): { readonly $ref: string } => ({ $ref: `#/components/parameters/${name}` });
export const responseRef = (name: string): { readonly $ref: string } => ({ $ref: `#/components/responses/${name}` });

/** Percent-encoded as a path segment; braces would be taken for a path parameter otherwise. */
export const pathSegment = (name: string): string => encodeURIComponent(name);

export const isSame = (a: Qualified, b: Qualified): boolean => a.schema === b.schema && a.name === b.name;
