import type { ComponentChildren } from 'preact';
import { TableView } from '../grid/view.tsx';
import { ReviewBar } from '../stage/bar.tsx';
import { Suspend } from '../ui/suspend.tsx';
import { Toasts } from '../ui/toast.tsx';
import { Header } from './header.tsx';
import { Home } from './home.tsx';
import { drawer } from './overlay.ts';
import { Overlays } from './overlays.tsx';
import { route } from './route.ts';
import { Sidebar } from './sidebar.tsx';

/** Views that are fetched when somebody goes there. */
const lazy = {
  sql: () => import('../sql/view.tsx').then((it) => it.SqlView),
  live: () => import('../live/view.tsx').then((it) => it.LiveView),
  slow: () => import('../live/slow.tsx').then((it) => it.SlowView),
  migrations: () => import('../migrations/view.tsx').then((it) => it.MigrationsView),
} as const;

export function Shell() {
  return (
    <div class="shell">
      <Sidebar />
      {drawer.value && <div class="scrim" onClick={() => (drawer.value = false)} />}
      <div class="main">
        <Header />
        <main id="content">{content()}</main>
        <ReviewBar />
      </div>
      <Overlays />
      <Toasts />
    </div>
  );
}

function content(): ComponentChildren {
  const { view } = route.value;
  if (view === 'table') return <TableView />;
  if (view === 'home') return <Home />;
  return <Suspend key={view} load={lazy[view]} />;
}
