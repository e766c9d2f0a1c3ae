import { Button } from './button.tsx';
import { copy } from './copy.ts';

/** SQL to read and to take along. */
export function SqlBlock({ text }: { readonly text: string }) {
  return (
    <div class="sql-block">
      <pre tabIndex={0}>
        <code>{text.trim()}</code>
      </pre>
      <Button quiet icon="copy" label="Copy SQL" onClick={() => void copy(text, 'SQL')} />
    </div>
  );
}
