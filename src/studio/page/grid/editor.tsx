import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Column } from '../app/catalog.ts';
import { inputText, pickerOf, readInput } from './input.ts';
import { absentText, isNumeric, kindOf } from './kind.ts';

export type Leave = 'stay' | 'next' | 'previous' | 'below';

interface EditorProps {
  readonly column: Column;
  readonly value: unknown;
  /** What was typed to begin with; it replaces the value. */
  readonly typed?: string;
  readonly onCommit: (value: unknown, leave: Leave) => void;
  readonly onCancel: () => void;
  /** In a form: keeps its place, and takes no focus of its own. */
  readonly inForm?: boolean;
  /** Of a row that is not there yet: nothing entered leaves a value to the database. */
  readonly isNew?: boolean;
  readonly id?: string;
}

/** The right control for a column's type. Enter and Tab keep what was entered, Escape leaves it. */
export function ValueEditor(props: EditorProps) {
  const { column, value, typed, onCommit, onCancel, inForm = false, isNew = false, id } = props;
  const kind = kindOf(column);
  const absent = isNew ? absentText(column) : 'null';
  const text = useSignal(typed ?? inputText(column, value));
  const wrong = useSignal<string | null>(null);
  const element = useRef<HTMLInputElement & HTMLSelectElement & HTMLTextAreaElement>(null);
  const done = useRef(false);
  /** Nothing entered is no change: null stays null, and is not an empty text. */
  const touched = useRef(typed !== undefined);
  // Before the next key arrives: what is typed at once belongs into the editor.
  useLayoutEffect(() => {
    if (inForm) return;
    element.current?.focus();
    if (typed === undefined && 'select' in (element.current ?? {}) && kind !== 'enum' && kind !== 'boolean')
      element.current?.select?.();
  }, []);
  const commit = (leave: Leave) => {
    const given = text.value;
    if (done.current) return;
    const left = given === '' && absent === 'default' && kind !== 'text';
    const read = touched.current ? (left ? { value: undefined } : readInput(column, given, value)) : { value };
    if ('wrong' in read) {
      wrong.value = read.wrong;
      return;
    }
    wrong.value = null;
    if (!inForm) done.current = true;
    onCommit(read.value, leave);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      done.current = !inForm;
      text.value = inputText(column, value);
      touched.current = false;
      onCancel();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      event.stopPropagation();
      commit('below');
    } else if (event.key === 'Tab' && !inForm) {
      event.preventDefault();
      event.stopPropagation();
      commit(event.shiftKey ? 'previous' : 'next');
    }
  };
  const common = {
    ref: element,
    id,
    'aria-label': inForm ? undefined : column.name,
    'aria-invalid': wrong.value !== null,
    placeholder: value === null || value === undefined ? absent : undefined,
    onKeyDown,
    onBlur: () => (touched.current ? commit('stay') : !inForm && onCancel()),
  };
  const onInput = (event: { readonly currentTarget: { readonly value: string } }) => {
    touched.current = true;
    text.value = event.currentTarget.value;
  };
  const picker = pickerOf(column, value);
  const isChoice = kind === 'enum' || kind === 'boolean';
  const choices = kind === 'boolean' ? ['true', 'false'] : column.enum;
  return (
    <span class={inForm ? 'editor in-form' : 'editor'}>
      {isChoice ? (
        <select
          {...common}
          value={text.value}
          onChange={(event) => {
            onInput(event);
            // in a cell the arrows of the keyboard go through the choices until Enter or Tab
            if (inForm) commit('stay');
          }}
        >
          {(column.nullable || value === null || value === undefined) && <option value="">{absent}</option>}
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : kind === 'text' || kind === 'other' || kind === 'array' || kind === 'json' ? (
        <textarea
          {...common}
          rows={
            inForm
              ? Math.min(6, Math.max(1, text.value.split('\n').length))
              : Math.min(8, Math.max(2, Math.ceil(text.value.length / 40)))
          }
          maxLength={column.maxLength ?? undefined}
          value={text.value}
          onInput={onInput}
        />
      ) : picker !== undefined ? (
        <input
          {...common}
          type={picker}
          step={kind === 'date' ? undefined : '0.001'}
          value={text.value}
          onInput={onInput}
        />
      ) : (
        <input {...common} inputMode={isNumeric(kind) ? 'decimal' : undefined} value={text.value} onInput={onInput} />
      )}
      {column.nullable && !isChoice && (
        <button
          type="button"
          class="null-toggle"
          aria-label={`Set ${column.name} to null`}
          title="Set to null"
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => {
            text.value = '';
            done.current = !inForm;
            onCommit(null, 'stay');
          }}
        >
          null
        </button>
      )}
      {kind === 'timestamptz' && picker !== undefined && <span class="unit">UTC</span>}
      {wrong.value !== null && (
        <span class="wrong" role="alert">
          {wrong.value}
        </span>
      )}
    </span>
  );
}
