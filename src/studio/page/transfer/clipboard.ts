import { chosenRows, shownColumns } from '../grid/actions.ts';
import { active, source, ticked } from '../grid/state.ts';
import { stagedValue } from '../stage/staged.ts';
import { complain, say } from '../ui/toast.tsx';
import { chosenAs } from './copy.ts';
import { readCells } from './format.ts';
import { paste } from './paste.ts';
import { textOfValue } from './values.ts';

/** The active cell's value, or the ticked rows as a spreadsheet takes them; what is marked with the mouse is the browser's to copy. */
export function copyFrom(event: ClipboardEvent): void {
  if (getSelection()?.isCollapsed === false) return;
  event.preventDefault();
  if (ticked.value.size === 0) {
    event.clipboardData?.setData('text/plain', activeText());
    return;
  }
  const { text, rows } = chosenAs('tsv');
  event.clipboardData?.setData('text/plain', text);
  say(`${rows} ${rows === 1 ? 'row' : 'rows'} copied, with their columns' names`);
}

function activeText(): string {
  const place = shownColumns()[active.value.column];
  const [shown] = chosenRows();
  if (place === undefined || shown === undefined) return '';
  return textOfValue(place.column, stagedValue(shown.change, shown.row, place.column.name)) ?? '';
}

/** Lays what a spreadsheet has copied over the cells from the active one on, as staged changes. */
export function pasteInto(event: ClipboardEvent): void {
  const text = event.clipboardData?.getData('text/plain') ?? '';
  const rows = source.value;
  if (text === '' || rows === null) return;
  event.preventDefault();
  paste(rows, readCells(text, '\t')).then(
    (count) => say(`${count} ${count === 1 ? 'row is' : 'rows are'} staged; review and save`),
    complain,
  );
}
