import type { Draft } from './draft.ts';
import type { Field } from './types.ts';

/**
 * The columns that the tree above a node's rows needs of them: those selected, those ordered by, the ends of its embeds, and the
 * primary key where one is given. Just `*` where that is selected, or where a computed relationship may need any.
 */
export function neededColumns(root: Draft, primaryKey: readonly string[]): readonly string[] {
  // where nothing is selected, all that is returned is shown: an order must not add to it
  const shownWhole = root.select.length === 0 && root.children.length === 0;
  const own = (shownWhole ? [] : ownFields(root)).map(({ name }) => name);
  const computed = root.children.some((child) => child.relation?.kind === 'computed');
  if (computed || own.includes('*')) return ['*'];
  return [...new Set([...own, ...root.children.flatMap(joinColumns), ...primaryKey])].sort();
}

/** What a node selects, and is ordered by, of its own rows. */
export function ownFields({ select, order, spread }: Draft): readonly Field[] {
  const extra = spread?.kind === 'many' ? spread.extra.map((e) => ({ embed: e.embed, field: e.select.field })) : [];
  const ordered = [...order, ...extra].filter(({ embed }) => embed === null);
  return [...select, ...ordered].map(({ field }) => field);
}

function joinColumns({ relation }: Draft): readonly string[] {
  if (relation === null || relation.kind === 'computed') return [];
  const pairs = relation.kind === 'many-to-many' ? relation.junction.sourceColumns : relation.columns;
  return pairs.map(([own]) => own);
}
