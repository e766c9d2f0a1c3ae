/**
 * HUTCH1xx: what the extensions to the dialect, and the limits on requests, answer. Same shape, own codes, so that no code of
 * the dialect ever means two things.
 */
import { DialectError } from './dialect-error.ts';

/** A limit on the request's size or depth; `limit` is its name, `most` its value. */
export const tooComplex = (limit: string, most: number) =>
  new DialectError(400, 'HUTCH100', 'The request is too complex', { details: `At most ${most} ${limit} are allowed.` });

/** `If-Match` asks for what was seen, `If-None-Match` for what was not. */
const PRECONDITIONS = {
  changed: {
    message: 'The row was changed since',
    details: 'Its entity tag is not the one that If-Match names.',
    hint: 'Read it again, apply the change to what is there now, and send the new entity tag.',
  },
  missing: { message: 'The row is not there', details: 'If-Match asks for one that is.', hint: null },
  present: {
    message: 'The row is there already',
    details: 'If-None-Match asks for none, or for one with another entity tag.',
    hint: null,
  },
} as const;

export function preconditionFailed(why: keyof typeof PRECONDITIONS): DialectError {
  const { message, details, hint } = PRECONDITIONS[why];
  return new DialectError(412, 'HUTCH101', message, { details, hint });
}

/** `reason` is what Postgres says of it. */
export const notLockable = (relation: string, reason: string) =>
  new DialectError(400, 'HUTCH112', `If-Match and If-None-Match cannot be held for a change of '${relation}'`, {
    details: `Its rows cannot be locked: ${reason}.`,
    hint: 'Change the rows of the table behind it, or leave out the precondition.',
  });

export const invalidCursor = (details: string) =>
  new DialectError(400, 'HUTCH102', 'The cursor cannot be read', {
    details,
    hint: 'Follow the Link header of an earlier page, with the same order and filters.',
  });

export const cursorImpossible = (details: string) =>
  new DialectError(400, 'HUTCH103', 'This request cannot be paged by cursor', { details });

export const invalidBatch = (details: string, hint?: string) =>
  new DialectError(400, 'HUTCH104', 'The batch is not valid', { details, hint: hint ?? null });

export const unresolvedReference = (reference: string) =>
  new DialectError(400, 'HUTCH105', `The batch refers to '${reference}', which no earlier operation gives`);

export const invalidMergePatch = () =>
  new DialectError(400, 'HUTCH106', 'A merge patch must be a JSON object', {
    details: 'application/merge-patch+json carries one object, whose keys are columns (RFC 7396).',
  });

export const noSoftDelete = (table: string, preference: string) =>
  new DialectError(400, 'HUTCH107', `'${table}' has no soft delete`, {
    details: `The preference ${preference} has no meaning on it.`,
  });

/** `line` counts from 1. */
export const invalidLine = (line: number, details: string) =>
  new DialectError(400, 'HUTCH108', `Line ${line} of the body cannot be read`, { details });

export const notUtf8 = (line: number) => invalidLine(line, 'It is not UTF-8.');

export const streamTarget = (details: string) =>
  new DialectError(400, 'HUTCH109', 'A stream of rows cannot be taken here', { details });

export const keysUnavailable = (cause: unknown) =>
  new DialectError(503, 'HUTCH110', 'The keys that verify tokens cannot be fetched', {
    details: 'The address in JWKS_URL does not answer as it should.',
    cause,
  });

/** A body, or who takes an answer, that keeps others waiting. */
export const tooSlow = (what: string, milliseconds: number) =>
  new DialectError(408, 'HUTCH111', 'The request took too long to be sent', {
    details: `${what} did not come within ${Math.round(milliseconds / 1_000)} seconds.`,
  });
