import { sql } from 'drizzle-orm';
import { text } from 'drizzle-orm/pg-core';
import { claimText } from './claims.ts';
import { marked } from './mark.ts';

/**
 * `created_by` and `updated_by`: the `sub` of the request's claims. The database keeps them by a trigger (see
 * `objectsOf`): while somebody is signed in they can't be forged nor `created_by` changed; a script without claims may set them itself.
 *
 * @example
 * const notes = snakeCase.table('notes', { id: integer().primaryKey(), ...actorColumns() });
 */
export function actorColumns() {
  const actor = sql.raw(claimText('sub'));
  return {
    createdBy: marked(text('created_by').default(actor), { kind: 'createdBy' }),
    updatedBy: marked(text('updated_by').default(actor), { kind: 'updatedBy' }),
  };
}
