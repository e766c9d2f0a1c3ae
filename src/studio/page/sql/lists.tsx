import { useSignal } from '@preact/signals';
import { Button } from '../ui/button.tsx';
import { SearchBox } from '../ui/search-box.tsx';
import { forgetRuns, ran, save, saved, unsave } from './saved.ts';

interface ListProps {
  readonly onPick: (sql: string) => void;
}

export function HistoryList({ onPick }: ListProps) {
  const wanted = useSignal('');
  const found = ran.value.filter(({ sql }) => sql.toLowerCase().includes(wanted.value.toLowerCase()));
  return (
    <div class="query-list">
      <SearchBox
        label="Find in the history"
        value={wanted.value}
        onText={(text) => {
          wanted.value = text;
        }}
      />
      <ul>
        {found.slice(0, 50).map(({ sql, at, took, failed }) => (
          <li key={at}>
            <button type="button" class="query-item" onClick={() => onPick(sql)}>
              <code>{sql.slice(0, 160)}</code>
              <span class={failed ? 'wrong' : 'muted'}>
                {new Date(at).toLocaleString()} · {failed ? 'failed' : `${Math.round(took)} ms`}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="muted hint">Nothing was run yet.</p>}
      {ran.value.length > 0 && <Button label="Forget all" onClick={forgetRuns} />}
    </div>
  );
}

export function SavedList({ sql, onPick }: ListProps & { readonly sql: string }) {
  const name = useSignal('');
  return (
    <div class="query-list">
      <form
        class="save-form"
        onSubmit={(event) => {
          event.preventDefault();
          save(name.value.trim(), sql);
          name.value = '';
        }}
      >
        <input
          aria-label="Name for what is in the editor"
          placeholder="Name"
          required
          value={name.value}
          onInput={(event) => {
            name.value = event.currentTarget.value;
          }}
        />
        <button type="submit" class="button primary" disabled={sql.trim() === ''}>
          Save
        </button>
      </form>
      <ul>
        {saved.value.map((query) => (
          <li key={query.name} class="saved-item">
            <button type="button" class="query-item" onClick={() => onPick(query.sql)}>
              <strong>{query.name}</strong>
              <code class="muted">{query.sql.slice(0, 120)}</code>
            </button>
            <Button quiet icon="close" label={`Forget ${query.name}`} onClick={() => unsave(query.name)} />
          </li>
        ))}
      </ul>
      {saved.value.length === 0 && <p class="muted hint">No queries are saved in this browser.</p>}
    </div>
  );
}
