import type { Column } from '../app/catalog.ts';
import { type ControlProps, shared } from './control.ts';
import { type Editing, type EditorProps, useEditing } from './editing.ts';
import { pickerOf } from './input.ts';
import { KeyText } from './key-text.tsx';
import { isNumeric, type Kind, kindOf } from './kind.ts';

/** Kinds whose values may have several lines. */
const long: ReadonlySet<Kind> = new Set<Kind>(['text', 'other', 'array', 'json']);

/** The right control for a column's type, with what is wrong about what was entered. */
export function ValueEditor(props: EditorProps) {
  const { column, value, inForm = false } = props;
  const editing = useEditing(props);
  const kind = kindOf(column);
  const isChoice = kind === 'enum' || kind === 'boolean';
  return (
    <span class={inForm ? 'editor in-form' : 'editor'}>
      {isChoice ? (
        <Choice {...props} editing={editing} />
      ) : props.foreignKey !== undefined ? (
        <KeyText {...props} foreignKey={props.foreignKey} editing={editing} />
      ) : long.has(kind) ? (
        <LongText {...props} editing={editing} />
      ) : (
        <ShortText {...props} editing={editing} />
      )}
      {column.nullable && !isChoice && <NullButton column={column} editing={editing} />}
      {kind === 'timestamptz' && pickerOf(column, value) !== undefined && <span class="unit">UTC</span>}
      {editing.wrong.value !== null && (
        <span class="wrong" role="alert">
          {editing.wrong.value}
        </span>
      )}
    </span>
  );
}

function Choice(props: ControlProps) {
  const { column, value, inForm = false, editing } = props;
  const choices = kindOf(column) === 'boolean' ? ['true', 'false'] : column.enum;
  return (
    <select
      {...shared(props)}
      onChange={(event) => {
        editing.enter(event.currentTarget.value);
        // in a cell the arrows of the keyboard go through the choices until Enter or Tab
        if (inForm) editing.commit('here');
      }}
    >
      {(column.nullable || value === null || value === undefined) && <option value="">{editing.absent}</option>}
      {choices.map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </select>
  );
}

const between = (least: number, count: number, most: number): number => Math.min(most, Math.max(least, count));

/** Letters of a line in a cell's editor, about. */
const LINE = 28;

const linesOf = (text: string): number =>
  text.split('\n').reduce((lines, line) => lines + 1 + Math.floor(line.length / LINE), 0);

function LongText(props: ControlProps) {
  const { column, inForm = false, editing } = props;
  const text = editing.text.value;
  return (
    <textarea
      {...shared(props)}
      rows={inForm ? between(1, text.split('\n').length, 6) : between(2, linesOf(text), 8)}
      maxLength={column.maxLength ?? undefined}
      onInput={(event) => editing.enter(event.currentTarget.value)}
    />
  );
}

/** A line, or the browser's picker for what it can hold. */
function ShortText(props: ControlProps) {
  const { column, value, editing } = props;
  return (
    <input
      {...shared(props)}
      {...pickerAttributes(pickerOf(column, value))}
      inputMode={isNumeric(kindOf(column)) ? 'decimal' : undefined}
      onInput={(event) => editing.enter(event.currentTarget.value)}
    />
  );
}

const pickerAttributes = (picker: ReturnType<typeof pickerOf>): Readonly<Record<string, string | undefined>> => ({
  type: picker,
  step: picker === undefined || picker === 'date' ? undefined : '0.001',
});

function NullButton({ column, editing }: { readonly column: Column; readonly editing: Editing }) {
  return (
    <button
      type="button"
      class="null-toggle"
      aria-label={`Set ${column.name} to null`}
      title="Set to null"
      onMouseDown={(event) => event.preventDefault()}
      onClick={editing.setNull}
    >
      null
    </button>
  );
}
