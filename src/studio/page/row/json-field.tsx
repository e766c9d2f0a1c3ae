import { useSignal } from '@preact/signals';
import { Button } from '../ui/button.tsx';
import { JsonTree } from './json-tree.tsx';

interface JsonFieldProps {
  readonly labelledBy: string;
  readonly value: unknown;
  readonly editable: boolean;
  readonly nullable: boolean;
  readonly onChange: (value: unknown) => void;
}

/** A document as a tree whose leaves are edited in place, or as text. */
export function JsonField({ labelledBy, value, editable, nullable, onChange }: JsonFieldProps) {
  const raw = useSignal<string | null>(null);
  const wrong = useSignal<string | null>(null);
  const keep = () => {
    if (raw.value === null) return;
    try {
      onChange(JSON.parse(raw.value));
      raw.value = null;
      wrong.value = null;
    } catch (error) {
      wrong.value = error instanceof Error ? error.message : 'Not JSON';
    }
  };
  return (
    <div class="json-field" role="group" aria-labelledby={labelledBy}>
      {raw.value === null ? (
        <JsonTree value={value} editable={editable} onChange={onChange} />
      ) : (
        <textarea
          class="code"
          aria-labelledby={labelledBy}
          aria-invalid={wrong.value !== null}
          rows={Math.min(18, raw.value.split('\n').length + 1)}
          spellcheck={false}
          value={raw.value}
          onInput={(event) => {
            raw.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            raw.value = null;
            wrong.value = null;
          }}
        />
      )}
      {wrong.value !== null && (
        <span class="wrong" role="alert">
          {wrong.value}
        </span>
      )}
      {editable && (
        <div class="json-actions">
          {raw.value === null ? (
            <Button
              label="Edit as text"
              onClick={() => {
                raw.value = JSON.stringify(value ?? null, null, 2);
              }}
            />
          ) : (
            <Button primary label="Keep" onClick={keep} />
          )}
          {nullable && value != null && <Button label="Set to null" onClick={() => onChange(null)} />}
        </div>
      )}
    </div>
  );
}
