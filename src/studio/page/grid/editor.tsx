import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import type { Column } from '../app/catalog.ts';
import { Candidates } from './candidates.tsx';
import { type Editing, type EditorProps, useEditing } from './editing.ts';
import { inputText, pickerOf } from './input.ts';
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
      ) : long.has(kind) && props.foreignKey === undefined ? (
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

type ControlProps = EditorProps & { readonly editing: Editing };

/** What every control has. */
const shared = ({ column, value, id, inForm = false, editing }: ControlProps) => ({
  ref: editing.element,
  id,
  'aria-label': inForm ? undefined : column.name,
  'aria-invalid': editing.wrong.value !== null,
  placeholder: value === null || value === undefined ? editing.absent : undefined,
  value: editing.text.value,
  onKeyDown: editing.onKeyDown,
  onBlur: editing.onBlur,
});

function Choice(props: ControlProps) {
  const { column, value, inForm = false, editing } = props;
  const choices = kindOf(column) === 'boolean' ? ['true', 'false'] : column.enum;
  return (
    <select
      {...shared(props)}
      onChange={(event) => {
        editing.enter(event.currentTarget.value);
        // in a cell the arrows of the keyboard go through the choices until Enter or Tab
        if (inForm) editing.commit('stay');
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

function LongText(props: ControlProps) {
  const { column, inForm = false, editing } = props;
  const text = editing.text.value;
  return (
    <textarea
      {...shared(props)}
      rows={inForm ? between(1, text.split('\n').length, 6) : between(2, Math.ceil(text.length / 40), 8)}
      maxLength={column.maxLength ?? undefined}
      onInput={(event) => editing.enter(event.currentTarget.value)}
    />
  );
}

/** A line, or the browser's picker for what it can hold; a foreign key is offered the rows that it may refer to. */
function ShortText(props: ControlProps) {
  const { column, value, foreignKey, inForm = false, editing } = props;
  const picker = pickerOf(column, value);
  const offering = useSignal(!inForm);
  const list = useId();
  const text = editing.text.value;
  return (
    <>
      <input
        {...shared(props)}
        type={picker}
        step={picker === undefined || picker === 'date' ? undefined : '0.001'}
        inputMode={isNumeric(kindOf(column)) && foreignKey === undefined ? 'decimal' : undefined}
        list={foreignKey && list}
        onFocus={() => {
          offering.value = true;
        }}
        onInput={(event) => editing.enter(event.currentTarget.value)}
      />
      {foreignKey !== undefined && offering.value && (
        <Candidates id={list} foreignKey={foreignKey} text={text === inputText(column, value) ? '' : text} />
      )}
    </>
  );
}

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
