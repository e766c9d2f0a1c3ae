/** Line icons on a 16-pixel grid, drawn for this page. */
const paths = {
  home: 'M2.5 7.5 8 3l5.5 4.5v6h-11zM6.5 13.5v-4h3v4',
  table: 'M2 3.5h12v9H2zM2 6.5h12M6 6.5v6',
  view: 'M1.5 8s2.5-4.5 6.5-4.5S14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  sql: 'M4.5 5 7 8l-2.5 3M8.5 11H12M1.5 2.5h13v11h-13z',
  live: 'M1.5 8h3l2-5 3 10 2-5h3',
  slow: 'M8 14a6 6 0 1 0 0-12 6 6 0 0 0 0 12zM8 4.5V8l2.5 1.5',
  migrations: 'M4 2v8M12 6v8M4 14a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM12 6a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM12 6c0 4-8 2-8 4',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.5 10.5 14 14',
  plus: 'M8 3v10M3 8h10',
  close: 'm4 4 8 8M12 4l-8 8',
  filter: 'M2 3.5h12L9.5 9v4l-3-1.5V9z',
  columns: 'M2 3h12v10H2zM6 3v10M10 3v10',
  sort: 'M5 3v10M5 13l-2.5-2.5M5 13l2.5-2.5M11 13V3M11 3 8.5 5.5M11 3l2.5 2.5',
  up: 'M8 13V3M8 3 4 7M8 3l4 4',
  down: 'M8 3v10M8 13l-4-4M8 13l4-4',
  right: 'M3 8h10M13 8 9 4M13 8l-4 4',
  chevron: 'm4 6 4 4 4-4',
  pin: 'M5.5 2.5h5M6 2.5v4L4 9h8l-2-2.5v-4M8 9v5',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.5M13 2v3h-3',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  trash: 'M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9',
  restore: 'M3 8a5 5 0 1 0 1.5-3.5M3 2v3h3',
  undo: 'M6 3 2.5 6.5 6 10M2.5 6.5h7a4 4 0 0 1 0 8H7',
  redo: 'M10 3l3.5 3.5L10 10M13.5 6.5h-7a4 4 0 0 0 0 8H9',
  stats: 'M3 13V8M8 13V3M13 13V6',
  open: 'M9 2.5h4.5V7M13.5 2.5 8 8M11.5 9.5v4h-9v-9h4',
  panel: 'M2 3h12v10H2zM10 3v10',
  key: 'M10.5 9a3.5 3.5 0 1 0-3.3-2.3L2 12v2h2.5v-1.5H6V11h1.5L9 9.3',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  menu: 'M2 4h12M2 8h12M2 12h12',
  user: 'M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8zM2.5 14c.5-3 2.7-4.2 5.5-4.2s5 1.2 5.5 4.2',
  play: 'M4.5 3v10l8-5z',
  stop: 'M4 4h8v8H4z',
  star: 'm8 2 1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z',
  check: 'm3 8.5 3 3 7-7',
  history: 'M3 8a5 5 0 1 0 1.5-3.5M3 2v3h3M8 5.5V8l2 1.5',
  warning: 'M8 2 1.5 13.5h13zM8 6.5v3M8 11.5v.2',
  braces:
    'M6 2.5c-2 0-2 1-2 2.5s0 2.5-1.5 3C4 8.500 4 9.500 4 11s0 2.500 2 2.500M10 2.500c2 0 2 1 2 2.500s0 2.500 1.500 3C12 8.500 12 9.500 12 11s0 2.500-2 2.500',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.4"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
