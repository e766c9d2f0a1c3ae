import { HutchError } from '../../errors/index.ts';
import { isObject } from '../json-object.ts';

/** Finds a value among a token's claims; undefined where the path leads nowhere. */
export type ClaimPath = (claims: Claims) => unknown;

export type Claims = Readonly<Record<string, unknown>>;

/**
 * `jwt-role-claim-key`: a JSON path (RFC 9535), or the older notation of `.keys`, `[0]` and a last `[?(@ == "text")]`. Of
 * several matches the first one holds.
 * @throws HutchError `config_invalid_value`
 */
export function compileRolePath(path: string): ClaimPath {
  return plainPath(path) ?? standardPath(path) ?? formerPath(path) ?? invalid(path);
}

/** Whether a path is of the older notation, which PostgREST is about to give up. */
export const isFormerPath = (path: string): boolean => (plainPath(path) ?? standardPath(path)) === undefined;

function invalid(path: string): never {
  throw new HutchError('config_invalid_value', {
    message: `Invalid value for PGRST_JWT_ROLE_CLAIM_KEY: "${path}"`,
    details: 'It takes a JSON path (RFC 9535), for instance $.role or $.roles[0]',
    field: 'PGRST_JWT_ROLE_CLAIM_KEY',
  });
}

/** `$.a.b`: what nearly everyone has, without a query engine. */
function plainPath(path: string): ClaimPath | undefined {
  const keys = path.startsWith('$') ? plainKeys(path) : undefined;
  return keys && ((claims) => keys.reduce<unknown>(property, claims));
}

/** The keys of `$.a.b`, or of `.a.b` in the older notation; undefined for any other path. */
const plainKeys = (path: string): readonly string[] | undefined =>
  /^\$?(\.[A-Za-z_]\w*)+$/.test(path) ? path.split('.').slice(1) : undefined;

/** The claims with a role where a path leads; undefined where it leads by more than names. */
export function withRole(claims: Claims, path: string, role: string): Claims | undefined {
  const [first, ...rest] = plainKeys(path) ?? [];
  return first === undefined ? undefined : { ...claims, [first]: placed(claims[first], rest, role) };
}

function placed(value: unknown, [first, ...rest]: readonly string[], role: string): unknown {
  if (first === undefined) return role;
  const around = isObject(value) ? value : {};
  return { ...around, [first]: placed(property(around, first), rest, role) };
}

function standardPath(path: string): ClaimPath | undefined {
  if (!path.startsWith('$')) return undefined;
  // As large as the rest of the dialect, and hardly anybody's path needs it.
  const { jsonpath }: typeof import('json-p3') = require('json-p3');
  try {
    const query = jsonpath.compile(path);
    // Claims were parsed from JSON, so they are what the library calls a JSON value.
    return (claims) => query.query(claims as Parameters<typeof query.query>[0]).values()[0];
  } catch {
    return undefined;
  }
}

type Step = (value: unknown) => unknown;

/** The notation that came before JSON path. */
function formerPath(path: string): ClaimPath | undefined {
  const steps: Step[] = [];
  const token = /\.([\p{L}\p{N}_$@]+)|\."([^"]*)"|\[(\d+)\]|\[\?\(@\s*(==\^|==|!=|\^==|\*==)\s*"([^"]*)"\)\]$/uy;
  while (token.lastIndex < path.length) {
    const match = token.exec(path);
    if (match === null) return undefined;
    steps.push(formerStep(match));
  }
  return steps.length === 0 ? undefined : (claims) => steps.reduce<unknown>((value, step) => step(value), claims);
}

function formerStep([, key, quotedKey, index, operator, text]: RegExpExecArray): Step {
  const name = key ?? quotedKey;
  if (name !== undefined) return (value) => (Array.isArray(value) ? undefined : property(value, name));
  if (index !== undefined) return (value) => (Array.isArray(value) ? value[Number(index)] : undefined);
  const matches = comparisons[operator ?? ''];
  return (value) => (Array.isArray(value) ? value.find((item) => matches?.(item, text ?? '')) : undefined);
}

const comparisons: Readonly<Record<string, (item: unknown, text: string) => boolean>> = {
  '==': (item, text) => item === text,
  '!=': (item, text) => typeof item === 'string' && item !== text,
  '^==': (item, text) => typeof item === 'string' && item.startsWith(text),
  '==^': (item, text) => typeof item === 'string' && item.endsWith(text),
  '*==': (item, text) => typeof item === 'string' && item.includes(text),
};

function property(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}
