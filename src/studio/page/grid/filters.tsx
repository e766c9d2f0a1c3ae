import { type Signal, useSignal } from '@preact/signals';
import type { Table } from '../app/catalog.ts';
import { go, type TableRoute } from '../app/route.ts';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { type Filter, type Operator, operatorOf, operatorsFor, partOf, pathOperators } from './filter.ts';
import { operandOf, ValueInput } from './filter-value.tsx';
import { kindOf } from './kind.ts';

interface FilterFormProps {
  readonly table: Table;
  /** What it begins with. */
  readonly start?: Filter;
  readonly label?: string;
  readonly onDone: (filter: Filter) => void;
}

/** A condition on any column, or on a path into a JSON one, by any operator that makes sense there. */
export function FilterForm({ table, start, label = 'Add filter', onDone }: FilterFormProps) {
  const [startName = table.columns[0]?.name ?? '', ...steps] = start?.field.split(/->>?/) ?? [];
  const name = useSignal(startName);
  const path = useSignal(steps.join('.'));
  const choice = useSignal(start === undefined ? 0 : Math.max(0, chosenOperator(table, start)));
  const value = useSignal(start === undefined ? '' : shownOperand(table, start));
  const column = table.columns.find((it) => it.name === name.value);
  if (column === undefined) return null;
  const operators = path.value === '' ? operatorsFor(column) : pathOperators;
  const operator = operators[choice.value] ?? operators[0];
  if (operator === undefined) return null;
  const done = (event: Event) => {
    event.preventDefault();
    onDone({
      field: path.value === '' ? column.name : jsonField(column.name, path.value),
      not: operator.not ?? false,
      operator: operator.name,
      value: operator.fixed ?? operandOf(kindOf(column), operator, value.value),
    });
  };
  return (
    <form class="filter-form" onSubmit={done}>
      <ColumnChoice
        table={table}
        chosen={name.value}
        onChoose={(column) => {
          name.value = column;
          choice.value = 0;
          path.value = '';
          value.value = '';
        }}
      />
      {column.isJson && <PathInput path={path} onPath={() => (choice.value = 0)} />}
      <label>
        <span>Condition</span>
        <select value={choice.value} onChange={(event) => (choice.value = Number(event.currentTarget.value))}>
          {operators.map((it, index) => (
            <option key={it.label} value={index}>
              {it.label}
            </option>
          ))}
        </select>
      </label>
      {operator.takes !== 'none' && <ValueInput table={table} column={column} operator={operator} value={value} />}
      <button type="submit" class="button primary">
        {label}
      </button>
    </form>
  );
}

interface ColumnChoiceProps {
  readonly table: Table;
  readonly chosen: string;
  readonly onChoose: (column: string) => void;
}

function ColumnChoice({ table, chosen, onChoose }: ColumnChoiceProps) {
  return (
    <label>
      <span>Column</span>
      <select value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        {table.columns.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function PathInput({ path, onPath }: { readonly path: Signal<string>; readonly onPath: () => void }) {
  return (
    <label>
      <span>Path (optional)</span>
      <input
        placeholder="device.os"
        value={path.value}
        onInput={(event) => {
          path.value = event.currentTarget.value.trim();
          onPath();
        }}
      />
    </label>
  );
}

/** `device.os` → `metadata->device->>os` */
function jsonField(column: string, path: string): string {
  const steps = path.split('.').filter((step) => step !== '');
  return [column, ...steps.slice(0, -1).map((step) => `->${step}`), `->>${steps.at(-1)}`].join('');
}

/** What the rows are narrowed by; each can be changed and taken away. */
export function FilterChips({ table, route }: { readonly table: Table; readonly route: TableRoute }) {
  if (route.filters.length === 0) return null;
  const without = (index: number) => go({ ...route, filters: route.filters.filter((_, at) => at !== index) });
  return (
    <ul class="chips" aria-label="Filters">
      {route.filters.map((filter, index) => (
        <li key={`${filter.field}${index}`} class="chip">
          <Menu label={[filter.field, labelOf(table, filter), shownOperand(table, filter)].join(' ')}>
            {(close) => (
              <FilterForm
                table={table}
                start={filter}
                label="Change filter"
                onDone={(changed) => {
                  close();
                  go({ ...route, filters: route.filters.with(index, changed) });
                }}
              />
            )}
          </Menu>
          <Button quiet icon="close" label={`Remove the filter on ${filter.field}`} onClick={() => without(index)} />
        </li>
      ))}
      <li>
        <button type="button" class="link" onClick={() => go({ ...route, filters: [] })}>
          Clear all
        </button>
      </li>
    </ul>
  );
}

function operatorsOf(table: Table, { field }: Filter): readonly Operator[] {
  const column = table.columns.find(({ name }) => name === field);
  return column === undefined ? pathOperators : operatorsFor(column);
}

function chosenOperator(table: Table, filter: Filter): number {
  const operators = operatorsOf(table, filter);
  const operator = operatorOf(filter, operators);
  return operator === undefined ? -1 : operators.indexOf(operator);
}

const labelOf = (table: Table, filter: Filter): string =>
  operatorOf(filter, operatorsOf(table, filter))?.label ?? `${filter.not ? 'not ' : ''}${filter.operator}`;

/** The value as it was entered. */
function shownOperand(table: Table, filter: Filter): string {
  const takes = operatorOf(filter, operatorsOf(table, filter))?.takes;
  if (takes === 'none') return '';
  return takes === 'part' ? (partOf(filter.value) ?? filter.value) : filter.value;
}
