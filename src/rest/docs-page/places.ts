import { escaped } from './escaped.ts';

/** A table or function, and the part of the description that has it. */
export interface Place {
  readonly name: string;
  readonly part: number;
  /** Its tag in the description. */
  readonly tag: string;
}

/** Goes to the place that is chosen; one of the same part is found by Scalar itself. */
export const followPlaces = `document.getElementById('places').addEventListener('change', (event) => { location.href = event.target.value; });`;

/** A tag as Scalar writes it into the address. */
const slugOf = (tag: string): string =>
  tag
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');

const addressOf = ({ part, tag }: Place): string => `?part=${part}#tag/${encodeURIComponent(slugOf(tag))}`;

const STYLE =
  'padding: 10px 16px; border-bottom: 1px solid #8884; color: var(--scalar-color-1); font: 14px system-ui, sans-serif';

/** The way through a description in several parts; nothing where it has one. */
export function placesBar(places: readonly Place[], part: number): string {
  if (places.length === 0) return '';
  const options = places.map((place) => `<option value="${addressOf(place)}">${escaped(place.name)}</option>`);
  const shown = places.filter((place) => place.part === part);
  const last = places.at(-1)?.part ?? 0;
  const link = (to: number, text: string) => (to < 0 || to > last ? '' : ` <a href="?part=${to}">${text}</a>`);
  const range = escaped(`${shown[0]?.name} – ${shown.at(-1)?.name}`);
  return `<nav aria-label="Parts" style="${STYLE}">
<label>Go to <select id="places"><option value="">${places.length} tables and functions</option>${options.join('')}</select></label>
Shown: ${range}, part ${part + 1} of ${last + 1}.${link(part - 1, 'Before')}${link(part + 1, 'Next')}
</nav>
`;
}
