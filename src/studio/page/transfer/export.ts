import { rest } from '../api/rest.ts';
import { profileOf } from '../app/catalog.ts';
import { orderParameter } from '../grid/keyset.ts';
import { filterParameters } from '../grid/query.ts';
import { source } from '../grid/state.ts';
import { complain, say } from '../ui/toast.tsx';

const types = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

/** All rows that the filters let through, in the order of the grid and with all columns, as a file. */
export async function exportRows(format: keyof typeof types): Promise<void> {
  const rows = source.value;
  if (rows === null) return;
  const { table, route } = rows;
  const params = filterParameters(table, route);
  const order = orderParameter(table, route);
  if (order !== '') params.set('order', order);
  const prefer = route.deleted && table.softDelete !== null ? 'deleted=include' : '';
  try {
    say('The file is being written…');
    const response = await rest(`/${encodeURIComponent(table.name)}?${params}`, {
      schema: profileOf(table),
      headers: { accept: types[format], prefer },
    });
    download(await response.blob(), `${table.name}.${format}`);
  } catch (error) {
    complain(error);
  }
}

function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
