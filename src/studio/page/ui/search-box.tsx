import { Icon } from './icon.tsx';

interface SearchBoxProps {
  /** What is looked for, and where. */
  readonly label: string;
  readonly value: string;
  readonly onText: (text: string) => void;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  /** The one that `/` goes to. */
  readonly main?: boolean;
  readonly class?: string;
}

/** A field in which a search is written. */
export function SearchBox({ label, value, onText, onKeyDown, main = false, ...rest }: SearchBoxProps) {
  return (
    <label class={`search ${rest.class ?? ''}`}>
      <Icon name="search" />
      <input
        id={main ? 'search' : undefined}
        type="search"
        placeholder={label}
        aria-label={label}
        value={value}
        onInput={(event) => onText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {main && <kbd>/</kbd>}
    </label>
  );
}
