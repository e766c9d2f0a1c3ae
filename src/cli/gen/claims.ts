import { duration } from '../../config/kinds.ts';
import { HutchError } from '../../errors/index.ts';
import { isObject } from '../../rest/json-object.ts';

export interface TokenOptions {
  readonly role?: string;
  readonly sub?: string;
  readonly claim?: readonly string[];
}

type Claims = Readonly<Record<string, unknown>>;

/** What a command line says somebody is. The role is apart, for the server decides where among the claims it stands. */
export interface Wanted {
  readonly role: string | undefined;
  readonly claims: Claims;
}

/** Claims that the command sets, and others that a flag is for. */
const reserved: ReadonlyMap<string, string> = new Map([
  ['exp', 'A token ends after --expires'],
  ['iat', 'A token is issued now'],
]);
const flags: ReadonlyMap<string, string> = new Map([
  ['role', 'Use --role'],
  ['sub', 'Use --sub'],
]);

/**
 * The claims of a JSON argument, of `--sub` and of each `--claim name=value`, whose value is text.
 * @throws HutchError `config_invalid_value` for what cannot be a claim, and for one that is given twice
 */
export function wantedClaims(json: string | undefined, { role, sub, claim = [] }: TokenOptions): Wanted {
  const { role: typed, ...parsed } = json === undefined ? {} : parse(json);
  if (typed !== undefined && typeof typed !== 'string') throw invalid('role', 'The claim role is not text');
  if (typed !== undefined && role !== undefined) throw twice('role');
  const pairs = claim.map(pair);
  if (sub !== undefined) pairs.unshift(['sub', sub]);
  const claims: Record<string, unknown> = { ...parsed };
  for (const [name, value] of pairs) {
    if (Object.hasOwn(claims, name)) throw twice(name);
    claims[name] = value;
  }
  for (const [name, given] of Object.entries({ '--role': role, '--sub': sub }))
    if (given === '') throw invalid(name, `${name} is empty`);
  return { role: role ?? typed, claims };
}

function parse(json: string): Claims {
  const claims = readObject(json);
  for (const name of Object.keys(claims)) refuse(name, reserved);
  return claims;
}

function readObject(json: string): Claims {
  const example = `Claims are a JSON object, such as '{"sub": "usr_123", "org": "acme"}'`;
  try {
    const value: unknown = JSON.parse(json);
    if (isObject(value)) return value;
  } catch (error) {
    throw invalid('claims', 'The claims are not JSON', example, error instanceof Error ? error.message : undefined);
  }
  throw invalid('claims', 'The claims are no JSON object', example);
}

function pair(text: string): [name: string, value: string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw invalid('--claim', `Invalid value for --claim: "${text}"`, 'It takes name=value, such as org=acme');
  refuse(name, reserved);
  refuse(name, flags);
  return [name, value];
}

function refuse(name: string, names: ReadonlyMap<string, string>): void {
  const hint = names.get(name);
  if (hint !== undefined) throw invalid(name, `The claim ${name} is not set by hand`, hint);
}

const LONGEST = 3_650 * 86_400;

/**
 * Seconds that a token lives.
 * @throws HutchError `config_invalid_value` also for a number without its unit, which could be meant as seconds or as milliseconds
 */
export function lifetime(text: string): number {
  const seconds = Math.round((/[a-z]\s*$/.test(text) ? (duration.parse(text) ?? 0) : 0) / 1_000);
  if (seconds >= 1 && seconds <= LONGEST) return seconds;
  throw invalid(
    '--expires',
    `Invalid value for --expires: "${text}"`,
    'It takes from 1s to 3650d, such as 30m, 1h or 7d',
  );
}

const twice = (name: string) => invalid(name, `The claim ${name} is given twice`);

const invalid = (field: string, message: string, hint?: string, details?: string) =>
  new HutchError('config_invalid_value', { message, hint, details, field });
