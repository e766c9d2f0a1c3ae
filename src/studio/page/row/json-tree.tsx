import { type Signal, useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { isRaw, parseExactly } from '../api/exact-json.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

interface TreeProps {
  readonly value: unknown;
  readonly editable: boolean;
  readonly onChange: (value: unknown) => void;
}

type Entries = readonly (readonly [key: string, value: unknown])[];

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null && !isRaw(value);

export function JsonTree({ value, editable, onChange }: TreeProps) {
  if (!isBranch(value)) return <Leaf label="value" value={value} editable={editable} onChange={onChange} />;
  return <Branch value={value} editable={editable} onChange={onChange} />;
}

function Branch({ value, editable, onChange }: TreeProps & { readonly value: object }) {
  const isList = Array.isArray(value);
  const entries: Entries = Object.entries(value);
  const become = (next: Entries) => onChange(isList ? next.map(([, item]) => item) : Object.fromEntries(next));
  const set = (index: number, item: unknown) =>
    become(entries.map((entry, at) => (at === index ? [entry[0], item] : entry)));
  return (
    <ul class="json-tree">
      {entries.map(([key, item], index) => (
        <Node
          key={key}
          name={key}
          value={item}
          editable={editable}
          onChange={(next) => set(index, next)}
          onRemove={() => become(entries.filter((_, at) => at !== index))}
        />
      ))}
      {entries.length === 0 && <li class="muted">{isList ? 'empty list' : 'empty object'}</li>}
      {editable && (
        <AddEntry
          isList={isList}
          taken={entries.map(([key]) => key)}
          onAdd={(key) => become([...entries, [key, '']])}
        />
      )}
    </ul>
  );
}

function Node(props: TreeProps & { readonly name: string; readonly onRemove: () => void }) {
  const { name, value, editable, onChange, onRemove } = props;
  const open = useSignal(true);
  const branch = isBranch(value);
  return (
    <li>
      <div class="json-line">
        {branch ? (
          <button
            type="button"
            class="json-toggle"
            aria-expanded={open.value}
            onClick={() => {
              open.value = !open.value;
            }}
          >
            <Icon name="chevron" />
            <span class="json-key">{name}</span>
            <span class="muted">{sizeOf(value)}</span>
          </button>
        ) : (
          <>
            <span class="json-key">{name}</span>
            <Leaf label={name} value={value} editable={editable} onChange={onChange} />
          </>
        )}
        {editable && <Button quiet icon="close" label={`Remove ${name}`} onClick={onRemove} />}
      </div>
      {branch && open.value && <Branch value={value} editable={editable} onChange={onChange} />}
    </li>
  );
}

const sizeOf = (value: object): string => {
  const count = Object.keys(value).length;
  return Array.isArray(value) ? `[${count}]` : `{${count}}`;
};

const types = ['text', 'number', 'true', 'false', 'null', 'object', 'list'] as const;
type JsonType = (typeof types)[number];

function typeOf(value: unknown): JsonType {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  return typeof value === 'number' || isRaw(value) ? 'number' : 'text';
}

const leafText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** A number as JSON writes it; undefined for any other text. */
function numberOf(text: string): unknown {
  return /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(text.trim()) ? parseExactly(text) : undefined;
}

const empties: Readonly<Record<JsonType, (value: unknown) => unknown>> = {
  text: (value) => (value === null || value === undefined ? '' : leafText(value)),
  number: (value) => numberOf(leafText(value)) ?? 0,
  true: () => true,
  false: () => false,
  null: () => null,
  object: () => ({}),
  list: () => [],
};

function Leaf({ label, value, editable, onChange }: TreeProps & { readonly label: string }) {
  const type = typeOf(value);
  if (!editable)
    return <span class={`json-leaf json-${type}`}>{value === undefined ? 'null' : JSON.stringify(value)}</span>;
  return (
    <span class="json-leaf">
      {(type === 'text' || type === 'number') && (
        <input
          aria-label={label}
          class={`json-${type}`}
          value={leafText(value)}
          inputMode={type === 'number' ? 'decimal' : undefined}
          onChange={(event) => {
            const text = event.currentTarget.value;
            onChange(type === 'number' ? (numberOf(text) ?? text) : text);
          }}
        />
      )}
      <select
        aria-label={`Type of ${label}`}
        class={`json-${type}`}
        value={type}
        onChange={(event) => {
          const next = types.find((name) => name === event.currentTarget.value);
          if (next !== undefined) onChange(empties[next](value));
        }}
      >
        {types.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </span>
  );
}

interface AddEntryProps {
  readonly isList: boolean;
  readonly taken: readonly string[];
  readonly onAdd: (key: string) => void;
}

/** An item is added at once, an entry once it has a name. */
function AddEntry({ isList, taken, onAdd }: AddEntryProps) {
  const name = useSignal<string | null>(null);
  if (name.value !== null) return <EntryName name={name} taken={taken} onAdd={onAdd} />;
  return (
    <li class="json-add">
      <button
        type="button"
        class="link"
        onClick={() => {
          if (isList) onAdd(String(taken.length));
          else name.value = '';
        }}
      >
        {isList ? 'Add an item' : 'Add an entry'}
      </button>
    </li>
  );
}

interface EntryNameProps extends Pick<AddEntryProps, 'taken' | 'onAdd'> {
  readonly name: Signal<string | null>;
}

function EntryName({ name, taken, onAdd }: EntryNameProps) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const text = name.value ?? '';
  const isTaken = taken.includes(text);
  const add = () => {
    if (isTaken || name.peek() === null) return;
    name.value = null;
    if (text !== '') onAdd(text);
  };
  return (
    <li class="json-add">
      <input
        ref={field}
        aria-label="Name of the new entry"
        aria-invalid={isTaken}
        placeholder="name"
        value={text}
        onInput={(event) => {
          name.value = event.currentTarget.value;
        }}
        onBlur={add}
        onKeyDown={(event) => {
          if (event.key === 'Enter') add();
          if (event.key !== 'Escape') return;
          event.preventDefault();
          name.value = null;
        }}
      />
      {isTaken && (
        <span class="wrong" role="alert">
          is there already
        </span>
      )}
    </li>
  );
}
