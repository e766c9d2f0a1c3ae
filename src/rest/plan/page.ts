import { type Catalog, type ForeignKeyRelationship, findTable, type Relationship } from '../../catalog/index.ts';
import { hasAggregates } from './aggregate.ts';
import type { Draft } from './draft.ts';
import { namesEmbed } from './embed.ts';
import { neededColumns, ownFields } from './needed-columns.ts';
import { plain, unknownField } from './resolve.ts';
import type { Page, SelectField } from './types.ts';

/**
 * A node's rows as a subquery of their own, which ends at the limit; its embeds are joined to what is left. In one query Postgres joins first,
 * and computes the embeds of all rows that it sorts or skips. The page names just the columns that are needed outside of it, which are
 * all that the role need be granted.
 *
 * Null where there is no limit, where an embed decides which rows there are or how they stand, where the rows are grouped, and where the page
 * would show what is not to be shown, or by another name: beside `*` it can't name what may be computed.
 */
export function pageOf(catalog: Catalog, draft: Draft): Page | null {
  if (draft.range?.limit == null || draft.relation?.toOne || draft.children.length === 0) return null;
  if (decidesByEmbeds(draft) || hasAggregates(draft)) return null;
  if (!draft.children.every((child) => addsOneRow(catalog, child))) return null;
  const columns = neededColumns(draft, []);
  if (columns.includes('*') && (ownFields(draft).some(mayBeComputed) || draft.select.some(isCastRow))) return null;
  return { alias: `pgrst_page_${draft.depth}`, select: columns.map((name) => plain(unknownField(name))) };
}

/**
 * Does not repeat the row that it belongs to: lists are gathered, and what a foreign key leads to is there once. A view or a function may have
 * it twice.
 */
export const keepsOneRow = ({ relation }: Draft): boolean =>
  relation !== null && (!relation.toOne || isForeignKey(relation));

const isForeignKey = (relation: Relationship): relation is ForeignKeyRelationship =>
  relation.kind !== 'computed' && relation.kind !== 'many-to-many' && !relation.foreignTableIsView;

/**
 * Neither takes a row away nor repeats it, however many rows belong to it.
 *
 * What a foreign key leads to is looked up for each row of the page, by `id = ANY (ARRAY[page.id])`, which no join but a nested loop answers. For
 * `id = page.id` Postgres would hash a small page and read the other table from beginning to end: that takes longer, and mixes up the rows that
 * the order leaves equal. An array of arrays is one array, so a key that is an array can't be asked for like that.
 */
function addsOneRow(catalog: Catalog, { inner, relation }: Draft): boolean {
  if (inner || relation === null) return false;
  if (!relation.toOne || !isForeignKey(relation)) return !relation.toOne;
  const own = findTable(catalog, relation.table)?.columns;
  return relation.columns.every(([column]) => own?.get(column)?.isArray === false);
}

const decidesByEmbeds = ({ where, order }: Draft): boolean =>
  where.some(namesEmbed) || order.some(({ embed }) => embed !== null);

const mayBeComputed = ({ name, type }: { readonly name: string; readonly type: string }): boolean =>
  type === '' && name !== '*';

/** The row as one value, which goes by its table's name. */
const isCastRow = ({ field, cast }: SelectField): boolean => field.name === '*' && cast !== null;
