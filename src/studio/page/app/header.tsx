import { actor } from '../api/actor.ts';
import { currentTable } from '../grid/state.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { catalog, shownName } from './catalog.ts';
import { drawer, overlay } from './overlay.ts';
import { route } from './route.ts';
import { theme, toggleTheme } from './theme.ts';

const titles = {
  sql: 'SQL',
  live: 'Requests',
  slow: 'Slow queries',
  migrations: 'Migrations',
  home: 'Overview',
} as const;

export function Header() {
  const at = route.value;
  const table = currentTable.value?.table;
  const title = at.view === 'table' ? (table === undefined ? at.table : shownName(table)) : titles[at.view];
  const owner = actor.value.role === 'service_role';
  return (
    <header class="header">
      <Button
        quiet
        icon="menu"
        label={drawer.value ? 'Close the list of tables' : 'Open the list of tables'}
        class="drawer-button"
        onClick={() => {
          drawer.value = !drawer.value;
        }}
      />
      <h1>{title}</h1>
      {table?.description && <span class="muted description">{table.description}</span>}
      <span class="spacer" />
      <button type="button" class="palette-button" onClick={() => (overlay.value = 'palette')}>
        <Icon name="search" />
        <span>Go to…</span>
        <kbd>{isMac ? '⌘' : 'Ctrl '}K</kbd>
      </button>
      <button
        type="button"
        class={owner ? 'button actor' : 'button actor as-other'}
        title="See what somebody else would see"
        aria-label={`Viewing as ${actor.value.role}`}
        onClick={() => (overlay.value = 'actor')}
      >
        <Icon name="user" />
        <span>{actor.value.role}</span>
      </button>
      <Button
        quiet
        icon={theme.value === 'dark' ? 'sun' : 'moon'}
        label={theme.value === 'dark' ? 'Light' : 'Dark'}
        onClick={toggleTheme}
      />
      <span class="engine muted">{catalog.value && `${catalog.value.engine} ${catalog.value.version}`}</span>
    </header>
  );
}

export const isMac = navigator.platform.startsWith('Mac');
