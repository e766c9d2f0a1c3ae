import { useSignal } from '@preact/signals';
import { parseExactly } from '../api/exact-json.ts';
import { Button } from '../ui/button.tsx';
import { JsonTree } from './json-tree.tsx';

interface JsonFieldProps {
  readonly labelledBy: string;
  readonly value: unknown;
  readonly editable: boolean;
  readonly nullable: boolean;
  /** What stands where there is no value. */
  readonly absent: string;
  readonly onChange: (value: unknown) => void;
}

/** A document as a tree whose leaves are edited in place, or as text. */
export function JsonField({ labelledBy, value, editable, nullable, absent, onChange }: JsonFieldProps) {
  const raw = useSignal<string | null>(null);
  const wrong = useSignal<string | null>(null);
  const keep = () => {
    if (raw.value === null) return;
    try {
      onChange(parseExactly(raw.value));
      raw.value = null;
      wrong.value = null;
    } catch (error) {
      wrong.value = error instanceof Error ? error.message : 'Not JSON';
    }
  };
  return (
    <div class="json-field" role="group" aria-labelledby={labelledBy}>
      {raw.value === null && value == null ? (
        <span class="null">{absent}</span>
      ) : raw.value === null ? (
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
          onBlur={keep}
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
                raw.value = value == null ? '' : JSON.stringify(value, null, 2);
              }}
            />
          ) : (
            <Button primary label="Keep" onClick={keep} />
          )}
          {raw.value === null && value == null && <Button label="New object" onClick={() => onChange({})} />}
          {nullable && value != null && <Button label="Set to null" onClick={() => onChange(null)} />}
        </div>
      )}
    </div>
  );
}
