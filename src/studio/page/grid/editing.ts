import { type Signal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Column, ForeignKey } from '../app/catalog.ts';
import { inputText, type Read, readInput } from './input.ts';
import { absentText, kindOf } from './kind.ts';

/** Where work goes on: `gone` is wherever somebody has gone to meanwhile, `here` the cell itself. */
export type Leave = 'gone' | 'here' | 'next' | 'previous' | 'below';

export interface EditorProps {
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
  /** What the column refers to by itself: rows of it are offered. */
  readonly foreignKey?: ForeignKey;
}

/** Whatever control a column's type has. */
export type Control = HTMLInputElement & HTMLSelectElement & HTMLTextAreaElement;

export interface Editing {
  readonly element: RefObject<Control | null>;
  readonly text: Signal<string>;
  readonly wrong: Signal<string | null>;
  /** What is there where nothing is. */
  readonly absent: string;
  enter(text: string): void;
  commit(leave: Leave): void;
  setNull(): void;
  onKeyDown(event: KeyboardEvent): void;
  onBlur(): void;
}

/** A value while it is edited: Enter and Tab keep what was entered, Escape leaves it. */
export function useEditing(props: EditorProps): Editing {
  const { column, value, typed, onCommit, onCancel, inForm = false, isNew = false } = props;
  const absent = isNew ? absentText(column) : 'null';
  const text = useSignal(typed ?? inputText(column, value));
  const wrong = useSignal<string | null>(null);
  const element = useRef<Control>(null);
  const done = useRef(false);
  /** Nothing entered is no change: null stays null, and is not an empty text. */
  const touched = useRef(typed !== undefined);
  // Before the next key arrives: what is typed at once belongs into the editor.
  useLayoutEffect(() => {
    if (!inForm) focusOn(element.current, typed === undefined);
  }, []);
  const read = (): Read => {
    if (!touched.current) return { value };
    const left = text.value === '' && absent === 'default' && kindOf(column) !== 'text';
    return left ? { value: undefined } : readInput(column, text.value, value);
  };
  const commit = (leave: Leave) => {
    if (done.current) return;
    const entered = read();
    wrong.value = 'wrong' in entered ? entered.wrong : null;
    if ('wrong' in entered) return;
    done.current = !inForm;
    onCommit(entered.value, leave);
  };
  const cancel = () => {
    done.current = !inForm;
    text.value = inputText(column, value);
    touched.current = false;
    onCancel();
  };
  return {
    element,
    text,
    wrong,
    absent,
    commit,
    enter(entered) {
      touched.current = true;
      text.value = entered;
    },
    setNull() {
      text.value = '';
      done.current = !inForm;
      onCommit(null, 'here');
    },
    onKeyDown(event) {
      const leave = leaving(event, inForm);
      if (event.key === 'Escape') cancel();
      else if (leave !== undefined) commit(leave);
      else return;
      if (leave !== undefined) event.preventDefault();
      event.stopPropagation();
    },
    onBlur() {
      if (touched.current) commit('gone');
      else if (!inForm) onCancel();
    },
  };
}

/** Where a key leads to; undefined for one that stays. In a form Tab is the browser's own. */
function leaving({ key, shiftKey }: KeyboardEvent, inForm: boolean): Leave | undefined {
  if (key === 'Enter' && !shiftKey) return 'below';
  if (key === 'Tab' && !inForm) return shiftKey ? 'previous' : 'next';
  return undefined;
}

function focusOn(control: Control | null, all: boolean): void {
  control?.focus();
  if (all && control?.matches('input, textarea')) control.select();
}
