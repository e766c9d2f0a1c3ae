import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Column } from '../app/catalog.ts';
import { isNumeric, type Kind, kindOf, needsText } from './kind.ts';

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
  readonly id?: string;
}

/** The right control for a column's type. Enter and Tab keep what was entered, Escape leaves it. */
export function ValueEditor(props: EditorProps) {
  const { column, value, typed, onCommit, onCancel, inForm = false, id } = props;
  const kind = kindOf(column);
  const text = useSignal(typed ?? inputText(column, value));
  const wrong = useSignal<string | null>(null);
  const element = useRef<HTMLInputElement & HTMLSelectElement & HTMLTextAreaElement>(null);
  const done = useRef(false);
  // Before the next key arrives: what is typed at once belongs into the editor.
  useLayoutEffect(() => {
    if (inForm) return;
    element.current?.focus();
    if (typed === undefined && 'select' in (element.current ?? {}) && kind !== 'enum' && kind !== 'boolean')
      element.current?.select?.();
  }, []);
  const commit = (leave: Leave, given = text.value) => {
    if (done.current) return;
    const read = readInput(column, given);
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
    onKeyDown,
    onBlur: () =>
      text.value === inputText(column, value) && typed === undefined ? !inForm && onCancel() : commit('stay'),
  };
  const picker = inputTypes[kind];
  const isChoice = kind === 'enum' || kind === 'boolean';
  const choices = kind === 'boolean' ? ['true', 'false'] : column.enum;
  return (
    <span class={inForm ? 'editor in-form' : 'editor'}>
      {isChoice ? (
        <select
          {...common}
          value={text.value}
          onChange={(event) => {
            text.value = event.currentTarget.value;
            commit('stay');
          }}
        >
          {(column.nullable || value === null || value === undefined) && <option value="">null</option>}
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
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      ) : picker !== undefined ? (
        <input
          {...common}
          type={picker}
          step={kind === 'date' ? undefined : '0.001'}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
      ) : (
        <input
          {...common}
          inputMode={isNumeric(kind) ? 'decimal' : undefined}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
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
      {kind === 'timestamptz' && <span class="unit">UTC</span>}
      {wrong.value !== null && (
        <span class="wrong" role="alert">
          {wrong.value}
        </span>
      )}
    </span>
  );
}

type Picker = 'date' | 'time' | 'datetime-local';

const inputTypes: Readonly<Partial<Record<Kind, Picker>>> = {
  date: 'date',
  time: 'time',
  timestamp: 'datetime-local',
  timestamptz: 'datetime-local',
};

/** `2026-09-10T13:17:00.123456+02:00` as a picker wants it, in UTC. */
function pickerTime(value: string, zoned: boolean): string {
  const at = zoned ? new Date(value) : undefined;
  const text = at === undefined || Number.isNaN(at.getTime()) ? value : at.toISOString();
  return text
    .replace(' ', 'T')
    .slice(0, 23)
    .replace(/(:00)?\.000$/, '$1')
    .replace(/Z$/, '');
}

function inputText(column: Column, value: unknown): string {
  if (value === null || value === undefined) return '';
  const kind = kindOf(column);
  if (kind === 'timestamp' || kind === 'timestamptz') return pickerTime(String(value), kind === 'timestamptz');
  if (kind === 'json') return JSON.stringify(value, null, 2);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

type Read = { readonly value: unknown } | { readonly wrong: string };

/** What was entered as the API takes it. */
export function readInput(column: Column, text: string): Read {
  const kind = kindOf(column);
  if (text === '' && kind !== 'text') return column.nullable ? { value: null } : { wrong: 'A value is needed' };
  if (kind === 'boolean') return { value: text === 'true' };
  if (kind === 'integer' && !/^-?\d+$/.test(text.trim())) return { wrong: 'A whole number' };
  if (kind === 'number' && Number.isNaN(Number(text))) return { wrong: 'A number' };
  if (isNumeric(kind)) return { value: needsText(column) ? text.trim() : Number(text) };
  if (kind === 'timestamptz') return { value: /[+Z]/.test(text) ? text : `${text}+00:00` };
  if (kind === 'json' || kind === 'array') return readJson(text, kind === 'array');
  return { value: text };
}

function readJson(text: string, list: boolean): Read {
  try {
    const value: unknown = JSON.parse(text);
    return list && !Array.isArray(value) ? { wrong: 'A list, such as ["a", "b"]' } : { value };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : 'Not JSON' };
  }
}
