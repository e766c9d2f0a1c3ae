import { useSignal } from '@preact/signals';
import { Failure, told } from '../api/failure.ts';
import { loadCounts } from '../app/catalog.ts';
import { closeOverlay } from '../app/overlay.ts';
import { source } from '../grid/state.ts';
import { Button } from '../ui/button.tsx';
import { copy } from '../ui/copy.ts';
import { Dialog } from '../ui/dialog.tsx';
import { complain, say } from '../ui/toast.tsx';
import { Conflict } from './conflict.tsx';
import { SaveFailure, saveChanges } from './save.ts';
import { sqlOf } from './sql.ts';
import { type Change, forget, staged, unstage } from './staged.ts';

/** Every staged change as SQL, and the one transaction that writes them all. */
export function Review() {
  const saving = useSignal(false);
  const failed = useSignal<SaveFailure | null>(null);
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
      if (error instanceof SaveFailure) failed.value = error;
      else complain(error);
    } finally {
      saving.value = false;
    }
  };
  return (
    <Dialog
      wide
      title="Review changes"
      onClose={closeOverlay}
      footer={<Foot changes={changes} saving={saving.value} onSave={() => void save()} />}
    >
      {failed.value !== null && (
        <p class="notice bad" role="alert">
          Nothing was saved. {reason(failed.value.cause)}
        </p>
      )}
      <ol class="statements">
        {listed(changes, failed.value?.change).map((change) => (
          <li key={change.id} class={failed.value?.change?.id === change.id ? 'failed' : ''}>
            <pre>
              <code>{sqlOf(change)}</code>
            </pre>
            <Button quiet icon="close" label="Take this change back" onClick={() => unstage(change.id)} />
            {change.kind !== 'insert' && isConflict(failed.value, change) && (
              <Conflict change={change} onSolved={() => (failed.value = null)} />
            )}
          </li>
        ))}
      </ol>
      {changes.length > LISTED && (
        <p class="muted">{(changes.length - LISTED).toLocaleString('en')} more are in what is copied as SQL.</p>
      )}
      {changes.length === 0 && <p class="muted">There is nothing to save.</p>}
    </Dialog>
  );
}

interface FootProps {
  readonly changes: readonly Change[];
  readonly saving: boolean;
  readonly onSave: () => void;
}

function Foot({ changes, saving, onSave }: FootProps) {
  return (
    <>
      <span class="muted">All of it is saved, or nothing.</span>
      <span class="spacer" />
      <Button icon="copy" label="Copy SQL" onClick={() => void copy(changes.map(sqlOf).join('\n\n'), 'SQL')} />
      <Button
        primary
        autofocus
        label={saving ? 'Saving…' : `Save ${changes.length}`}
        disabled={saving || changes.length === 0}
        onClick={onSave}
      />
    </>
  );
}

/** Statements that are shown; nobody reads thousands. */
const LISTED = 200;

/** The first changes, and before them the one at fault. */
const listed = (changes: readonly Change[], failed: Change | undefined): readonly Change[] => {
  const first = changes.slice(0, LISTED);
  const found = failed && changes.find(({ id }) => id === failed.id);
  return found === undefined || first.includes(found) ? first : [found, ...first.slice(1)];
};

const isStale = (cause: unknown): boolean => cause instanceof Failure && cause.code === 'PGRST116';

const isConflict = (failure: SaveFailure | null, change: Change): boolean =>
  failure?.change?.id === change.id && isStale(failure.cause);

/** No row where exactly one was wanted: it was changed or removed since it was read, or this role may not touch it. */
const reason = (cause: unknown): string =>
  isStale(cause) ? 'A row has changed since it was read, is gone, or may not be changed by this role.' : told(cause);
