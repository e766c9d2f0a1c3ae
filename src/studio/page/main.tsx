import './styles/index.css';
import { render } from 'preact';
import { actorToken } from './api/actor.ts';
import { told } from './api/failure.ts';
import { followCatalog, loadCatalog, loadCounts } from './app/catalog.ts';
import { Shell } from './app/shell.tsx';
import { listenForShortcuts } from './app/shortcuts.ts';
import { source } from './grid/state.ts';
import { complain } from './ui/toast.tsx';

actorToken().catch(() => undefined); // asked for beside the catalog; whoever needs it first tells what is wrong
const root = document.getElementById('app');
if (root !== null) render(<Shell />, root);
listenForShortcuts();
followCatalog();
// The rows of the address come first: an embedded Postgres does one thing at a time.
loadCatalog()
  .then(() => source.peek()?.first)
  .then(loadCounts)
  .catch((error: unknown) => complain(`The studio cannot read the catalog: ${told(error)}`));
