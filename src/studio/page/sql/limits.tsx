import { catalog } from '../app/catalog.ts';
import { limit, timeout } from './run.ts';

const ROWS = [100, 1_000, 10_000, 100_000];
/** Milliseconds; those between the usual limit and the server's most can be chosen. */
const TIMES = [30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000, 14_400_000];

const UNITS = [
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
] as const;

function shown(milliseconds: number): string {
  const [size, unit] = UNITS.find(([size]) => milliseconds % size === 0) ?? [1, 'ms'];
  return `${milliseconds / size} ${unit}`;
}

/** How many rows a statement may give, and how long it may take. */
export function Limits() {
  return (
    <div class="limits">
      <label class="limit">
        <span class="muted">at most</span>
        <select
          aria-label="at most so many rows"
          value={limit.value}
          onChange={(event) => {
            limit.value = Number(event.currentTarget.value);
          }}
        >
          {ROWS.map((rows) => (
            <option key={rows} value={rows}>
              {rows.toLocaleString('en')}
            </option>
          ))}
        </select>
        <span class="muted">rows</span>
      </label>
      <TimeLimit />
    </div>
  );
}

/** Nothing to choose where the usual limit is none, or is the most. */
function TimeLimit() {
  const { usual, most } = catalog.value?.timeLimits ?? { usual: 0, most: 0 };
  if (usual === 0 || most <= usual) return null;
  const times = [usual, ...TIMES.filter((time) => time > usual && time < most), most];
  return (
    <label class="limit">
      <span class="muted">within</span>
      <select
        aria-label="within so much time"
        value={timeout.value ?? usual}
        onChange={(event) => {
          const chosen = Number(event.currentTarget.value);
          timeout.value = chosen === usual ? undefined : chosen;
        }}
      >
        {times.map((time) => (
          <option key={time} value={time}>
            {shown(time)}
          </option>
        ))}
      </select>
    </label>
  );
}
