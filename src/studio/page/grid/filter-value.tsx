import type { Signal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Column, ForeignKey, Table } from '../app/catalog.ts';
import { ownForeignKey } from './candidates.ts';
import { useChooser } from './chooser.tsx';
import { containing, type Operator } from './filter.ts';
import { isNumeric, type Kind, kindOf } from './kind.ts';

const pickable = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?)?$/;

const pickers: Readonly<Partial<Record<Kind, 'date' | 'datetime-local'>>> = {
  date: 'date',
  timestamp: 'datetime-local',
  timestamptz: 'datetime-local',
};

const placeholders: Readonly<Record<string, string>> = { json: '{"source": "email"}', array: '{a,b}', list: 'a, b, c' };

/** What was entered, as the operator takes it. */
export function operandOf(kind: Kind, { takes }: Operator, entered: string): string {
  if (takes === 'part') return containing(entered);
  return kind === 'timestamptz' && pickable.test(entered) ? `${entered}Z` : entered;
}

interface ValueInputProps {
  readonly table: Table;
  readonly column: Column;
  readonly operator: Operator;
  readonly value: Signal<string>;
}

/** The value of a condition: one of an enum's, a time, a row that a key refers to, or text. */
export function ValueInput({ table, column, operator, value }: ValueInputProps) {
  const kind = kindOf(column);
  const isOne = operator.takes === 'value';
  const foreignKey = isOne ? ownForeignKey(table, column.name) : undefined;
  const isPickable = value.value === '' || pickable.test(value.value);
  const picker = isOne && isPickable ? pickers[kind] : undefined;
  const typed: Readonly<Record<string, string>> = picker === undefined ? {} : { type: picker };
  const inUtc = picker !== undefined && kind === 'timestamptz';
  return (
    <label>
      <span>{operator.takes === 'list' ? 'Values, with commas between' : inUtc ? 'Value, in UTC' : 'Value'}</span>
      {kind === 'enum' && isOne ? (
        <EnumValue column={column} value={value} />
      ) : foreignKey !== undefined ? (
        <KeyValue column={column} foreignKey={foreignKey} value={value} />
      ) : (
        <input
          data-first
          {...typed}
          inputMode={isNumeric(kind) ? 'decimal' : undefined}
          value={value.value}
          onInput={(event) => {
            value.value = event.currentTarget.value;
          }}
          required
          placeholder={placeholders[kind === 'json' || kind === 'array' ? kind : operator.takes] ?? ''}
        />
      )}
    </label>
  );
}

function EnumValue({ column, value }: Pick<ValueInputProps, 'column' | 'value'>) {
  if (!column.enum.includes(value.value)) value.value = column.enum[0] ?? '';
  return (
    <select
      data-first
      value={value.value}
      onChange={(event) => {
        value.value = event.currentTarget.value;
      }}
    >
      {column.enum.map((label) => (
        <option key={label}>{label}</option>
      ))}
    </select>
  );
}

interface KeyValueProps extends Pick<ValueInputProps, 'column' | 'value'> {
  readonly foreignKey: ForeignKey;
}

/** The key of a row that is chosen by what it is called; Enter takes it, and once more adds the condition. */
function KeyValue({ column, foreignKey, value }: KeyValueProps) {
  const field = useRef<HTMLInputElement>(null);
  const begun = useRef(value.peek());
  const text = value.value;
  const pick = (key: string) => {
    value.value = key;
    chooser.close();
  };
  const chooser = useChooser({
    foreignKey,
    field,
    text,
    untouched: text === begun.current,
    atOnce: false,
    numeric: isNumeric(kindOf(column)) && /^\d*$/.test(text),
    onPick: pick,
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const { chosen } = chooser;
    const taken = event.key === 'Enter' && chosen !== undefined;
    const closed = event.key === 'Escape' && chooser.list !== null;
    if (taken) pick(chosen);
    else if (closed) chooser.close();
    else if (!chooser.pressed(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <>
      <input
        data-first
        ref={field}
        {...chooser.attributes}
        value={text}
        required
        onInput={(event) => {
          value.value = event.currentTarget.value;
          chooser.show();
        }}
        onKeyDown={onKeyDown}
        onBlur={chooser.close}
      />
      {chooser.list}
    </>
  );
}
