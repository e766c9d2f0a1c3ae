import { deletedAtColumn, deletedColumns } from '../columns/soft-delete.ts';

export function softDelete(): ReturnType<typeof deletedAtColumn>;
export function softDelete(options: { readonly flag: true }): ReturnType<typeof deletedColumns>;
export function softDelete(options?: { readonly flag: true }) {
  return options?.flag ? deletedColumns() : deletedAtColumn();
}
