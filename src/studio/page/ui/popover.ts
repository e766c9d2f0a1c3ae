/** Pixels that a list wants. */
const TALLEST = 320;
const NARROWEST = 300;
/** Pixels to the window's edge, and of a list that is worth opening below its field. */
const MARGIN = 8;
const WORTHWHILE = 200;

/**
 * Shows a popover below a field, or above it where there is more room, over whatever else would cut it off, and keeps it there while the
 * page scrolls. @returns what takes it away
 */
export function besideField(panel: HTMLElement | null, field: HTMLElement | null): () => void {
  if (panel === null || field === null) return () => undefined;
  const place = () => placeBeside(panel, field.getBoundingClientRect());
  panel.showPopover();
  place();
  addEventListener('scroll', place, true);
  addEventListener('resize', place);
  return () => {
    removeEventListener('scroll', place, true);
    removeEventListener('resize', place);
  };
}

function placeBeside(panel: HTMLElement, { left, top, bottom, width }: DOMRect): void {
  const [above, below] = [top - MARGIN, innerHeight - bottom - MARGIN];
  const upwards = below < WORTHWHILE && above > below;
  const wide = Math.min(Math.max(width, NARROWEST), innerWidth - 2 * MARGIN);
  Object.assign(panel.style, {
    width: `${wide}px`,
    left: `${Math.max(MARGIN, Math.min(left, innerWidth - wide - MARGIN))}px`,
    maxHeight: `${Math.min(TALLEST, upwards ? above : below)}px`,
    top: upwards ? 'auto' : `${bottom + 2}px`,
    bottom: upwards ? `${innerHeight - top + 2}px` : 'auto',
  });
}
