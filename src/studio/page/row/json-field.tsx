import { type Signal, useSignal } from '@preact/signals';
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
  if (raw.value !== null) return <JsonText labelledBy={labelledBy} raw={raw} onChange={onChange} />;
  return (
    <div class="json-field" role="group" aria-labelledby={labelledBy}>
      {value == null ? (
        <span class="null">{absent}</span>
      ) : (
        <JsonTree value={value} editable={editable} onChange={onChange} />
      )}
      {editable && (
        <div class="json-actions">
          <Button
            label="Edit as text"
            onClick={() => {
              raw.value = value == null ? '' : JSON.stringify(value, null, 2);
            }}
          />
          {value == null && <Button label="New object" onClick={() => onChange({})} />}
          {nullable && value != null && <Button label="Set to null" onClick={() => onChange(null)} />}
        </div>
      )}
    </div>
  );
}

interface JsonTextProps extends Pick<JsonFieldProps, 'labelledBy' | 'onChange'> {
  /** The text as it is written; null ends it. */
  readonly raw: Signal<string | null>;
}

function JsonText({ labelledBy, raw, onChange }: JsonTextProps) {
  const wrong = useSignal<string | null>(null);
  const text = raw.value ?? '';
  const keep = () => {
    if (raw.peek() === null) return;
    try {
      onChange(parseExactly(text));
      raw.value = null;
    } catch (error) {
      wrong.value = error instanceof Error ? error.message : 'Not JSON';
    }
  };
  return (
    <div class="json-field" role="group" aria-labelledby={labelledBy}>
      <textarea
        class="code"
        aria-labelledby={labelledBy}
        aria-invalid={wrong.value !== null}
        rows={Math.min(18, text.split('\n').length + 1)}
        spellcheck={false}
        value={text}
        onInput={(event) => {
          raw.value = event.currentTarget.value;
        }}
        onBlur={keep}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          raw.value = null;
        }}
      />
      {wrong.value !== null && (
        <span class="wrong" role="alert">
          {wrong.value}
        </span>
      )}
      <div class="json-actions">
        <Button primary label="Keep" onClick={keep} />
      </div>
    </div>
  );
}
