import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { catalog } from '../app/catalog.ts';
import { Button } from '../ui/button.tsx';
import { Menu } from '../ui/menu.tsx';
import { SqlEditor } from './editor.ts';
import { Limits } from './limits.tsx';
import { HistoryList, SavedList } from './lists.tsx';
import { Results } from './results.tsx';
import { cancel, explain, outcome, run, running } from './run.ts';
import { draft, keepDraft } from './saved.ts';

/** The SQL console. */
export function SqlView() {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<SqlEditor | null>(null);
  const text = useSignal(draft.peek());
  const runChosen = () => {
    const chosen = editor.current?.chosen;
    if (chosen !== undefined) void run(chosen.text, chosen.from);
  };
  const explainChosen = () => {
    const chosen = editor.current?.statement;
    if (chosen !== undefined) void explain(chosen.text, chosen.from);
  };
  useEffect(() => {
    if (place.current === null) return;
    const made = new SqlEditor(place.current, draft.peek(), catalog.peek(), {
      run: runChosen,
      explain: explainChosen,
      cancel,
      changed(next) {
        text.value = next;
        keepDraft(next);
      },
    });
    editor.current = made;
    made.view.focus();
    return () => made.close();
  }, []);
  useSignalEffect(() => editor.current?.know(catalog.value));
  useSignalEffect(() => {
    const result = outcome.value;
    const error =
      result?.kind === 'run' ? result.run.outcomes.at(-1)?.error : result?.kind === 'failed' ? result.error : null;
    const at = error?.position ?? null;
    editor.current?.markWrong(at === null || result === null || result.kind === 'plan' ? null : at + result.from);
  });
  return (
    <div class="sql-view">
      <div class="sql-editor" ref={place} />
      <div class="toolbar sql-bar" role="toolbar" aria-label="SQL">
        {running.value === null ? (
          <Button
            primary
            icon="play"
            label="Run"
            keys="Ctrl Enter"
            disabled={text.value.trim() === ''}
            onClick={runChosen}
          />
        ) : (
          <Button danger icon="stop" label="Cancel" keys="Esc" onClick={() => cancel()} />
        )}
        <Button
          icon="slow"
          label="Explain"
          keys="Ctrl Shift Enter"
          disabled={text.value.trim() === '' || running.value !== null}
          onClick={explainChosen}
        />
        <Kept sql={text.value} onPick={(sql) => editor.current?.set(sql)} />
        <span class="spacer" />
        <Limits />
      </div>
      <Results />
    </div>
  );
}

interface KeptProps {
  readonly sql: string;
  readonly onPick: (sql: string) => void;
}

/** What has run before, and what somebody has saved. */
function Kept({ sql, onPick }: KeptProps) {
  const picked = (close: () => void) => (found: string) => {
    close();
    onPick(found);
  };
  return (
    <>
      <Menu label="History" icon="history" class="collapses">
        {(close) => <HistoryList onPick={picked(close)} />}
      </Menu>
      <Menu label="Saved" icon="star" class="collapses">
        {(close) => <SavedList sql={sql} onPick={picked(close)} />}
      </Menu>
    </>
  );
}
