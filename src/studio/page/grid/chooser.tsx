import { type Signal, useSignal } from '@preact/signals';
import type { RefObject, VNode } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef } from 'preact/hooks';
import { type ForeignKey, shownName } from '../app/catalog.ts';
import { Icon } from '../ui/icon.tsx';
import { besideField } from '../ui/popover.ts';
import { type Candidate, candidateAt, candidatesOf } from './candidates.ts';

/** Milliseconds after the last key before rows are looked for. */
const PAUSE = 150;

interface ChooserProps {
  readonly foreignKey: ForeignKey;
  readonly field: RefObject<HTMLElement | null>;
  /** What stands in the field. */
  readonly text: string;
  /** The field's text is what it began with: the first rows are offered, before all the one that it names. */
  readonly untouched: boolean;
  /** Open from the beginning, and not only when somebody types, clicks or presses an arrow. */
  readonly atOnce: boolean;
  /** The text of a field that only digits can fill: what is typed is the key itself, and nothing is chosen by itself. */
  readonly numeric: boolean;
  /** A row is taken with the mouse. */
  readonly onPick: (value: string) => void;
}

export interface Chooser {
  /** What makes the field one that has choices. */
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly list: VNode | null;
  /** The key of the row that Enter and Tab take; undefined where what is typed stands. */
  readonly chosen: string | undefined;
  /** Whether a key went through the choices, and means nothing else. */
  pressed(event: KeyboardEvent): boolean;
  show(): void;
  close(): void;
}

/** Rows that a foreign key may refer to, by what they are called, below the field in which the key is written. */
export function useChooser(props: ChooserProps): Chooser {
  const { foreignKey, text, untouched, atOnce, numeric } = props;
  const open = useSignal(atOnce);
  const at = useSignal(-1);
  const id = useId();
  const found = useCandidates(foreignKey, untouched, text, open, (candidates) => {
    const isKey = candidates.some(({ value }) => value === text);
    at.value = untouched || isKey || numeric || text === '' || candidates.length === 0 ? -1 : 0;
  });
  const rows = found.value ?? [];
  const chosen = open.value ? rows[at.value] : undefined;
  const show = () => {
    open.value = true;
  };
  const close = () => {
    open.value = false;
    at.value = -1;
  };
  return {
    attributes: {
      role: 'combobox',
      autocomplete: 'off',
      'aria-autocomplete': 'list',
      'aria-expanded': open.value,
      'aria-controls': open.value ? id : undefined,
      'aria-activedescendant': chosen === undefined ? undefined : `${id}-${at.value}`,
      onClick: show,
    },
    list: open.value ? <Choices {...props} id={id} rows={found.value} at={at} /> : null,
    chosen: chosen?.value,
    pressed({ key, altKey }) {
      if (key !== 'ArrowDown' && key !== 'ArrowUp') return false;
      if (!open.value) show();
      else if (altKey) close();
      else at.value = Math.max(-1, Math.min(rows.length - 1, at.value + (key === 'ArrowDown' ? 1 : -1)));
      return true;
    },
    show,
    close,
  };
}

/** The rows that fit the text, again whenever it changes; null while they are looked for the first time. */
function useCandidates(
  foreignKey: ForeignKey,
  untouched: boolean,
  text: string,
  open: Signal<boolean>,
  onFound: (candidates: readonly Candidate[]) => void,
): Signal<readonly Candidate[] | null> {
  const found = useSignal<readonly Candidate[] | null>(null);
  useEffect(() => {
    if (!open.value) return;
    const request = new AbortController();
    const look = async () => {
      try {
        const current = untouched && text !== '' ? await candidateAt(foreignKey, text, request.signal) : undefined;
        const rows = await candidatesOf(foreignKey, untouched ? '' : text, request.signal);
        found.value = current === undefined ? rows : [current, ...rows.filter(({ value }) => value !== current.value)];
        onFound(found.value);
      } catch {
        // a choice is a help: whoever may not read the rows still writes the key
      }
    };
    const timer = setTimeout(look, found.value === null ? 0 : PAUSE);
    return () => {
      clearTimeout(timer);
      request.abort();
    };
  }, [text, untouched, open.value]);
  return found;
}

interface ChoicesProps extends ChooserProps {
  readonly id: string;
  readonly rows: readonly Candidate[] | null;
  readonly at: Signal<number>;
}

const stop = (event: Event) => event.stopPropagation();

function Choices({ foreignKey, field, text, id, rows, at, onPick }: ChoicesProps) {
  const panel = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => besideField(panel.current, field.current), []);
  useEffect(() => {
    document.getElementById(`${id}-${at.value}`)?.scrollIntoView({ block: 'nearest' });
  }, [at.value]);
  const table = shownName({ schema: foreignKey.schema, name: foreignKey.table });
  return (
    <div
      ref={panel}
      popover="manual"
      class="chooser"
      onWheel={stop}
      onDblClick={stop}
      onMouseDown={(event) => {
        event.preventDefault(); // the field keeps the focus
        event.stopPropagation();
      }}
    >
      <ul id={id} role="listbox" aria-label={`Rows of ${table}`}>
        {rows?.map(({ value, name }, index) => (
          <li
            key={value}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at.value}
            onClick={(event) => {
              event.preventDefault(); // a label around it would click its field
              onPick(value);
            }}
            onMouseMove={() => {
              at.value = index;
            }}
          >
            <span class="name">{name === '' ? value : name}</span>
            {name !== '' && <span class="muted code">{value}</span>}
            {value === text && <Icon name="check" />}
          </li>
        ))}
      </ul>
      <p class="muted" role="status">
        {rows === null ? 'Reading…' : rows.length === 0 ? `No row of ${table} is called that.` : ''}
      </p>
    </div>
  );
}
