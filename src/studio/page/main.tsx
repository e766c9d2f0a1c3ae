import './styles/index.css';
import { render } from 'preact';
import { told } from './api/failure.ts';
import { loadCatalog, loadCounts } from './app/catalog.ts';
import { Shell } from './app/shell.tsx';
import { listenForShortcuts } from './app/shortcuts.ts';
import { complain } from './ui/toast.tsx';

const root = document.getElementById('app');
if (root !== null) render(<Shell />, root);
listenForShortcuts();
loadCatalog()
  .then(loadCounts)
  .catch((error: unknown) => complain(`The studio cannot read the catalog: ${told(error)}`));
