import { ColumnDialog } from '../grid/column-dialog.tsx';
import { Review } from '../stage/review.tsx';
import { Suspend } from '../ui/suspend.tsx';
import { ActorDialog } from './actor-dialog.tsx';
import { Keys } from './keys.tsx';
import { overlay } from './overlay.ts';
import { Palette } from './palette.tsx';

const importDialog = () => import('../transfer/import.tsx').then((it) => it.ImportDialog);

export function Overlays() {
  if (overlay.value === 'palette') return <Palette />;
  if (overlay.value === 'keys') return <Keys />;
  if (overlay.value === 'review') return <Review />;
  if (overlay.value === 'actor') return <ActorDialog />;
  if (overlay.value === 'column') return <ColumnDialog />;
  if (overlay.value === 'import') return <Suspend load={importDialog} />;
  return null;
}
