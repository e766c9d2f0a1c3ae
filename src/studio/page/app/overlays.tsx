import { Review } from '../stage/review.tsx';
import { ActorDialog } from './actor-dialog.tsx';
import { Keys } from './keys.tsx';
import { overlay } from './overlay.ts';
import { Palette } from './palette.tsx';

export function Overlays() {
  if (overlay.value === 'palette') return <Palette />;
  if (overlay.value === 'keys') return <Keys />;
  if (overlay.value === 'review') return <Review />;
  if (overlay.value === 'actor') return <ActorDialog />;
  return null;
}
