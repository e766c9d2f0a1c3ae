import { addRow } from '../grid/actions.ts';
import { source } from '../grid/state.ts';
import { redo, staged, undo } from '../stage/staged.ts';
import { openMenu } from '../ui/menu.tsx';
import { overlay } from './overlay.ts';
import { route } from './route.ts';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.matches('input:not([type=checkbox]),textarea,select') || target.isContentEditable);

/** Keys that work wherever the focus is. */
export function listenForShortcuts(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return;
    const far = event.ctrlKey || event.metaKey;
    const handled = far ? withCtrl(event) : !event.altKey && !isTyping(event.target) && alone(event);
    if (handled) event.preventDefault();
  });
}

function withCtrl(event: KeyboardEvent): boolean {
  const key = event.key.toLowerCase();
  if (key === 'k') overlay.value = overlay.value === 'palette' ? null : 'palette';
  else if (key === 's') review();
  else if (key === 'z' && !isTyping(event.target)) (event.shiftKey ? redo : undo)();
  else return false;
  return true;
}

/** What is being typed belongs to what is saved. */
function review(): void {
  if (overlay.value !== null) return;
  const typedInto = document.activeElement?.closest('.editor, .json-field') === null ? null : document.activeElement;
  if (typedInto instanceof HTMLElement) typedInto.blur();
  if (staged.value.length > 0) overlay.value = 'review';
}

function alone(event: KeyboardEvent): boolean {
  if (overlay.value !== null) return false;
  if (event.key === '?') overlay.value = 'keys';
  else if (event.key === '/') focusSearch();
  else if (event.key === 'n' && route.value.view === 'table') addRow();
  else if (event.key === 'f' && route.value.view === 'table') openMenu('filter');
  else if (event.key === 'c' && route.value.view === 'table') openMenu('columns');
  else if (event.key === 'i' && source.value !== null) overlay.value = 'column';
  else if (event.key === 'r' && route.value.view === 'table') void source.value?.reload();
  else return false;
  return true;
}

function focusSearch(): void {
  const field =
    document.querySelector<HTMLInputElement>('#search') ??
    document.querySelector<HTMLInputElement>('.tables-search input');
  field?.focus();
  field?.select();
}
