import { withOwn } from './entries.ts';

/** Whether what nobody who uses the application asked for is shown beside the rest. */
export function WithOwn() {
  return (
    <label
      class="check"
      title="What the studio asks for, and what Hutch does of itself: catalog, migrations, housekeeping"
    >
      <input
        type="checkbox"
        checked={withOwn.value}
        onChange={(event) => {
          withOwn.value = event.currentTarget.checked;
        }}
      />
      <span>Hutch's own</span>
    </label>
  );
}
