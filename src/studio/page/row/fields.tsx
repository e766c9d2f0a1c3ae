import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type Column, foreignKeyOf, shownType, type Table } from '../app/catalog.ts';
import { followKey, isEditable, type Shown, setValue } from '../grid/actions.ts';
import { ownForeignKey } from '../grid/candidates.ts';
import { ValueEditor } from '../grid/editor.tsx';
import { absentText, kindOf } from '../grid/kind.ts';
import { textOf } from '../grid/value.tsx';
import { stagedValue } from '../stage/staged.ts';
import { Button } from '../ui/button.tsx';
import { SearchBox } from '../ui/search-box.tsx';
import { Called } from './called.tsx';
import { JsonField } from './json-field.tsx';

interface FieldsProps {
  readonly table: Table;
  readonly index: number;
  readonly shown: Shown;
}

/** More fields than this are looked for rather than looked through. */
const SURVEYED = 30;
/** Fields that are drawn at once. */
const DRAWN = 100;

/** A row as a form: each field with the control of its type. */
export function Fields({ table, index, shown }: FieldsProps) {
  const form = useRef<HTMLDivElement>(null);
  const wanted = useSignal('');
  const isNew = shown.change?.kind === 'insert';
  const columns = fieldsOf(table, isNew, wanted.value);
  // a new row is begun to be filled in: at what it needs
  useLayoutEffect(() => {
    const fields = [...(form.current?.querySelectorAll<HTMLElement>('input,textarea,select') ?? [])];
    const needed = fields.find((field) => field.closest('.needed') !== null);
    if (isNew) (needed ?? fields[0])?.focus();
  }, []);
  return (
    <>
      {table.columns.length > SURVEYED && (
        <SearchBox
          class="field-search"
          label="Find a field"
          value={wanted.value}
          onText={(text) => {
            wanted.value = text;
          }}
        />
      )}
      <div class="fields" ref={form}>
        {columns.slice(0, DRAWN).map((column) => (
          <Field key={column.name} table={table} column={column} index={index} shown={shown} />
        ))}
      </div>
      {columns.length > DRAWN && (
        <p class="muted hint">{(columns.length - DRAWN).toLocaleString('en')} more fields: find them by name.</p>
      )}
      {columns.length === 0 && <p class="muted hint">No field is called that.</p>}
    </>
  );
}

/** The fields with such a name; of a new row with more than are drawn first those that it needs. */
function fieldsOf({ columns }: Table, isNew: boolean, wanted: string): readonly Column[] {
  const needle = wanted.trim().toLowerCase();
  const found = columns.filter(({ name }) => name.toLowerCase().includes(needle));
  if (!isNew || found.length <= DRAWN) return found;
  return found.toSorted((a, b) => Number(isNeeded(b)) - Number(isNeeded(a)));
}

function Field({ table, column, index, shown }: FieldsProps & { readonly column: Column }) {
  const { row, change } = shown;
  const value = stagedValue(change, row, column.name);
  const editable = isEditable(table, column.name, change);
  const dirty = change?.kind === 'update' && column.name in change.values;
  const reference = foreignKeyOf(table, column.name);
  const own = ownForeignKey(table, column.name);
  const id = `field-${column.name}`;
  const set = (next: unknown) => setValue(index, column.name, next);
  const kind = kindOf(column);
  return (
    <div class={['form-row', dirty && 'dirty', isNeeded(column) && 'needed'].filter(Boolean).join(' ')}>
      <div class="form-label">
        <label for={id} id={`${id}-label`}>
          {column.name}
        </label>
        <span class="muted">{typeOf(column)}</span>
      </div>
      {kind === 'json' ? (
        <JsonField
          labelledBy={`${id}-label`}
          value={value}
          editable={editable}
          nullable={column.nullable}
          absent={emptyText(column, change?.kind === 'insert')}
          onChange={set}
        />
      ) : editable ? (
        <ValueEditor
          key={JSON.stringify(value ?? null)}
          inForm
          isNew={change?.kind === 'insert'}
          id={id}
          column={column}
          foreignKey={own}
          value={value}
          onCommit={(next) => next !== value && set(next)}
          onCancel={() => undefined}
        />
      ) : (
        <output id={id} class={value == null ? 'read-only null' : 'read-only'}>
          {value == null ? emptyText(column, change?.kind === 'insert') : textOf(kind, value)}
        </output>
      )}
      {reference !== undefined && value != null && (
        <Button
          quiet
          icon="right"
          label={`Open ${reference.table} ${String(value)}`}
          onClick={() => followKey(table, column.name, shown)}
        />
      )}
      {own !== undefined && (
        <span class="called muted">{value != null && <Called foreignKey={own} value={String(value)} />}</span>
      )}
    </div>
  );
}

const emptyText = (column: Column, inserted: boolean): string => (inserted ? absentText(column) : 'null');

const isNeeded = (column: Column): boolean => !column.nullable && !column.filled;

function typeOf(column: Column): string {
  const type = shownType(column);
  return isNeeded(column) ? `${type}, needed` : type;
}
