import { overlay } from '../app/overlay.ts';
import { Button } from '../ui/button.tsx';
import { canRedo, canUndo, discardAll, redo, staged, undo } from './staged.ts';

/** What is changed and not saved yet; nothing is written before somebody says so. */
export function ReviewBar() {
  const changes = staged.value;
  if (changes.length === 0 && !canRedo.value) return null;
  const tables = new Set(changes.map(({ table }) => table.name));
  return (
    <section class="review-bar" aria-label="Changes that are not saved">
      <span role="status">
        <strong>{changes.length}</strong> {changes.length === 1 ? 'change' : 'changes'}
        {tables.size > 0 && <span class="muted where"> in {[...tables].join(', ')}</span>}
      </span>
      <span class="spacer" />
      <Button quiet icon="undo" label="Undo" keys="Ctrl Z" disabled={!canUndo.value} onClick={undo} />
      <Button quiet icon="redo" label="Redo" keys="Ctrl Shift Z" disabled={!canRedo.value} onClick={redo} />
      <Button label="Discard" disabled={changes.length === 0} onClick={discardAll} />
      <Button
        primary
        label="Review and save"
        keys="Ctrl S"
        disabled={changes.length === 0}
        onClick={() => {
          overlay.value = 'review';
        }}
      />
    </section>
  );
}
