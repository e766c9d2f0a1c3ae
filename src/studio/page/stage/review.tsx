import { useSignal } from '@preact/signals';
import { Failure, told } from '../api/failure.ts';
import { loadCounts } from '../app/catalog.ts';
import { closeOverlay } from '../app/overlay.ts';
import { source } from '../grid/state.ts';
import { Button } from '../ui/button.tsx';
import { copy } from '../ui/copy.ts';
import { Dialog } from '../ui/dialog.tsx';
import { say } from '../ui/toast.tsx';
import { changeAt, saveChanges } from './save.ts';
import { sqlOf } from './sql.ts';
import { type Change, forget, staged, unstage } from './staged.ts';

/** Every staged change as SQL, and the one transaction that writes them all. */
export function Review() {
  const saving = useSignal(false);
  const failed = useSignal<{ readonly text: string; readonly id: string | null } | null>(null);
  const changes = staged.value;
  const save = async () => {
    saving.value = true;
    failed.value = null;
    try {
      await saveChanges(changes);
      forget();
      closeOverlay();
      say(`Saved ${changes.length} ${changes.length === 1 ? 'change' : 'changes'} in one transaction`);
      await source.value?.reload();
      await loadCounts();
    } catch (error) {
      failed.value = { text: reason(error), id: culprit(changes, error) };
    } finally {
      saving.value = false;
    }
  };
  const all = changes.map(sqlOf).join('\n\n');
  return (
    <Dialog
      wide
      title="Review changes"
      onClose={closeOverlay}
      footer={
        <>
          <span class="muted">All of it is saved, or nothing.</span>
          <span class="spacer" />
          <Button icon="copy" label="Copy SQL" onClick={() => void copy(all, 'SQL')} />
          <Button
            primary
            label={saving.value ? 'Saving…' : `Save ${changes.length}`}
            disabled={saving.value || changes.length === 0}
            onClick={() => void save()}
          />
        </>
      }
    >
      {failed.value !== null && (
        <p class="notice bad" role="alert">
          Nothing was saved. {failed.value.text}
        </p>
      )}
      <ol class="statements">
        {changes.map((change) => (
          <li key={change.id} class={failed.value?.id === change.id ? 'failed' : ''}>
            <pre>
              <code>{sqlOf(change)}</code>
            </pre>
            <Button quiet icon="close" label="Take this change back" onClick={() => unstage(change.id)} />
          </li>
        ))}
      </ol>
      {changes.length === 0 && <p class="muted">There is nothing to save.</p>}
    </Dialog>
  );
}

function culprit(changes: readonly Change[], error: unknown): string | null {
  if (!(error instanceof Failure) || error.operation === null) return null;
  return changeAt(changes, error.operation)?.id ?? null;
}

/** No row where exactly one was wanted: it was changed or removed since it was read, or this role may not touch it. */
function reason(error: unknown): string {
  if (error instanceof Failure && error.code === 'PGRST116')
    return 'This row has changed since it was read, is gone, or may not be changed by this role. Read the rows again and look.';
  return told(error);
}
