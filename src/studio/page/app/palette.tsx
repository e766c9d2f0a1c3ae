import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { addRow, shownColumns, toggleDeleted } from '../grid/actions.ts';
import { rowActions, tableActions } from '../grid/more-menu.tsx';
import { active, source } from '../grid/state.ts';
import { discardAll, staged } from '../stage/staged.ts';
import { Icon, type IconName } from '../ui/icon.tsx';
import { openMenu } from '../ui/menu.tsx';
import { focusRows, useModal } from '../ui/modal.ts';
import { catalog, shownName } from './catalog.ts';
import { closeOverlay, overlay } from './overlay.ts';
import { go, tableRoute } from './route.ts';
import { toggleTheme } from './theme.ts';

interface Command {
  readonly label: string;
  readonly icon: IconName;
  readonly kind: string;
  run(): void;
}

/** Goes to a column of the rows that are shown. */
const columnCommands = (): readonly Command[] =>
  shownColumns().map(({ column: { name } }, index) => ({
    label: name,
    icon: 'columns',
    kind: 'column',
    run: () => {
      active.value = { ...active.value, column: index };
      focusRows();
    },
  }));

function commands(): readonly Command[] {
  const tables = (catalog.value?.tables ?? []).map(
    (table): Command => ({
      label: shownName(table),
      icon: table.kind.includes('view') ? 'view' : 'table',
      kind: table.kind,
      run: () => go(tableRoute(table)),
    }),
  );
  const table = source.value?.table;
  const rows: readonly Command[] =
    table === undefined
      ? []
      : [
          { label: 'New row', icon: 'plus', kind: 'rows', run: addRow },
          { label: 'Read the rows again', icon: 'refresh', kind: 'rows', run: () => void source.value?.reload() },
          { label: 'Filter…', icon: 'filter', kind: 'rows', run: () => openMenu('filter') },
          { label: 'Hide and pin columns…', icon: 'columns', kind: 'rows', run: () => openMenu('columns') },
          { label: 'What the column holds', icon: 'stats', kind: 'rows', run: () => (overlay.value = 'column') },
          ...(table.softDelete === null
            ? []
            : [{ label: 'Deleted rows too, or not', icon: 'trash', kind: 'rows', run: toggleDeleted } as const]),
          ...[...rowActions(table), ...tableActions(table)].map((action) => ({ ...action, kind: 'rows' })),
        ];
  const changes: readonly Command[] =
    staged.value.length === 0
      ? []
      : [
          { label: 'Review and save changes', icon: 'check', kind: 'changes', run: () => (overlay.value = 'review') },
          { label: 'Discard changes', icon: 'close', kind: 'changes', run: discardAll },
        ];
  return [
    ...changes,
    ...tables,
    { label: 'Overview', icon: 'home', kind: 'view', run: () => go({ view: 'home' }) },
    { label: 'SQL', icon: 'sql', kind: 'view', run: () => go({ view: 'sql' }) },
    { label: 'Requests', icon: 'live', kind: 'view', run: () => go({ view: 'live' }) },
    { label: 'Slow queries', icon: 'slow', kind: 'view', run: () => go({ view: 'slow' }) },
    { label: 'Migrations', icon: 'migrations', kind: 'view', run: () => go({ view: 'migrations' }) },
    ...rows,
    { label: 'View as somebody else', icon: 'user', kind: 'action', run: () => (overlay.value = 'actor') },
    { label: 'Dark or light', icon: 'moon', kind: 'action', run: toggleTheme },
    { label: 'Keys', icon: 'key', kind: 'action', run: () => (overlay.value = 'keys') },
    ...columnCommands(),
  ];
}

/** What each letter that was not typed takes from a score: of two that answer alike, the shorter one is meant. */
const LENGTH = 1 / 100;

/** How well a label answers what was typed: letters in order, better where they stand together or begin a word. Undefined: not at all. */
function score(label: string, typed: string): number | undefined {
  const text = label.toLowerCase();
  let at = -1;
  let sum = 0;
  for (const letter of typed.toLowerCase().replaceAll(' ', '')) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    if (next === at + 1) sum += 3;
    if (next === 0 || '_. '.includes(text[next - 1] ?? '')) sum += 4;
    sum -= (next - at) / 50;
    at = next;
  }
  return sum - text.length * LENGTH;
}

export function Palette() {
  const typed = useSignal('');
  const chosen = useSignal(0);
  const element = useRef<HTMLDialogElement>(null);
  const leave = useModal(element, closeOverlay);
  const found = commands()
    .map((command) => ({ command, score: typed.value === '' ? 0 : score(command.label, typed.value) }))
    .flatMap(({ command, score }) => (score === undefined ? [] : { command, score }))
    .toSorted((a, b) => b.score - a.score)
    .map((it) => it.command)
    .slice(0, 50);
  const index = Math.min(chosen.value, found.length - 1);
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    leave();
    closeOverlay();
    command.run();
  };
  useEffect(() => {
    document.getElementById(`command-${index}`)?.scrollIntoView({ block: 'nearest' });
  }, [index]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') chosen.value = Math.min(found.length - 1, index + 1);
    else if (event.key === 'ArrowUp') chosen.value = Math.max(0, index - 1);
    else if (event.key === 'Enter') run(found[index]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog
      ref={element}
      class="palette"
      aria-label="Go to"
      onClick={(event) => event.target === element.current && closeOverlay()}
    >
      <input
        role="combobox"
        aria-expanded="true"
        aria-controls="commands"
        aria-activedescendant={found.length > 0 ? `command-${index}` : undefined}
        aria-label="Go to a table or a column, or do something"
        placeholder="Go to a table or a column, or do something…"
        value={typed.value}
        onInput={(event) => {
          typed.value = event.currentTarget.value;
          chosen.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="commands" role="listbox" aria-label="Commands">
        {found.map((command, at) => (
          <li
            key={`${command.kind} ${command.label}`}
            id={`command-${at}`}
            role="option"
            aria-selected={at === index}
            onClick={() => run(command)}
            onMouseMove={() => {
              chosen.value = at;
            }}
          >
            <Icon name={command.icon} />
            <span>{command.label}</span>
            <span class="muted">{command.kind}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="muted hint">Nothing is called that.</p>}
    </dialog>
  );
}
