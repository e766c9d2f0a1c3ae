import { type Signal, useSignal } from '@preact/signals';
import { told } from '../api/failure.ts';
import { rest } from '../api/rest.ts';
import { loadCounts, profileOf, shownName, type Table } from '../app/catalog.ts';
import { closeOverlay } from '../app/overlay.ts';
import { named } from '../grid/name.ts';
import { source } from '../grid/state.ts';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { say } from '../ui/toast.tsx';
import { type FileRows, readFileRows } from './file.ts';

const resolutions = [
  { label: 'fail, and import nothing', prefer: '' },
  { label: 'are left as they are', prefer: ', resolution=ignore-duplicates' },
  { label: 'take the values of the file', prefer: ', resolution=merge-duplicates' },
] as const;

/** Writes a file's rows into the table that is looked at: one request, one transaction, all of it or nothing. */
export function ImportDialog() {
  const table = source.value?.table;
  const rows = useSignal<FileRows | null>(null);
  const wrong = useSignal<string | null>(null);
  const resolution = useSignal(0);
  const working = useSignal(false);
  if (table === undefined) return null;
  const attempt = async (work: () => Promise<void>) => {
    wrong.value = null;
    working.value = true;
    try {
      await work();
    } catch (error) {
      wrong.value = told(error);
    } finally {
      working.value = false;
    }
  };
  const read = (file: File | undefined) =>
    attempt(async () => {
      rows.value = null;
      if (file !== undefined) rows.value = readFileRows(table, await file.text());
    });
  const write = ({ columns, lines }: FileRows) =>
    attempt(async () => {
      await send(table, { columns, lines }, resolutions[resolution.value]?.prefer ?? '');
      closeOverlay();
      say(`${lines.length.toLocaleString('en')} ${lines.length === 1 ? 'row' : 'rows'} imported in one transaction`);
      await source.value?.reload();
      await loadCounts();
    });
  const found = rows.value;
  return (
    <Dialog
      title={`Import into ${shownName(table)}`}
      onClose={closeOverlay}
      footer={<Foot rows={found} working={working.value} onImport={write} />}
    >
      <label class="field">
        <span>A file of CSV, JSON, or a JSON object a line</span>
        <input
          type="file"
          autofocus
          accept=".csv,.tsv,.txt,.json,.ndjson,.jsonl"
          onChange={(event) => void read(event.currentTarget.files?.[0])}
        />
      </label>
      {found !== null && <Found rows={found} />}
      {table.primaryKey.length > 0 && <Resolution chosen={resolution} />}
      {wrong.value !== null && (
        <p class="notice bad" role="alert">
          Nothing was imported. {wrong.value}
        </p>
      )}
    </Dialog>
  );
}

interface FootProps {
  readonly rows: FileRows | null;
  readonly working: boolean;
  readonly onImport: (rows: FileRows) => void;
}

function Foot({ rows, working, onImport }: FootProps) {
  const label = rows === null ? 'Import' : `Import ${rows.lines.length.toLocaleString('en')}`;
  return (
    <>
      <span class="muted">All of it is written, or nothing.</span>
      <span class="spacer" />
      <Button
        primary
        label={working ? 'Working…' : label}
        disabled={working || rows === null}
        onClick={() => rows !== null && onImport(rows)}
      />
    </>
  );
}

function Resolution({ chosen }: { readonly chosen: Signal<number> }) {
  return (
    <label class="field">
      <span>Rows whose key is there already</span>
      <select value={chosen.value} onChange={(event) => (chosen.value = Number(event.currentTarget.value))}>
        {resolutions.map(({ label }, index) => (
          <option key={label} value={index}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

function Found({ rows: { columns, jsonNulls, leftOut, lines } }: { readonly rows: FileRows }) {
  return (
    <p role="status">
      <strong>{lines.length.toLocaleString('en')}</strong> {lines.length === 1 ? 'row' : 'rows'} with{' '}
      {columns.join(', ')}.
      {leftOut.length > 0 && (
        <span class="muted"> Left out, since the table has no such column to write: {leftOut.join(', ')}.</span>
      )}
      {jsonNulls.length > 0 && (
        <span class="muted">
          {' '}
          null in {jsonNulls.join(', ')} is written as SQL NULL; a document that is JSON's null takes SQL:{' '}
          <code>'null'::jsonb</code>.
        </span>
      )}
    </p>
  );
}

function send(table: Table, rows: Pick<FileRows, 'columns' | 'lines'>, resolution: string): Promise<Response> {
  const params = new URLSearchParams({ columns: rows.columns.map(named).join(',') });
  return rest(`/${encodeURIComponent(table.name)}?${params}`, {
    method: 'POST',
    schema: profileOf(table),
    headers: { 'content-type': 'application/x-ndjson', prefer: `return=minimal, missing=default${resolution}` },
    body: rows.lines.join('\n'),
  });
}
