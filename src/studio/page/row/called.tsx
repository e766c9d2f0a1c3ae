import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ForeignKey } from '../app/catalog.ts';
import { candidateAt } from '../grid/candidates.ts';

interface CalledProps {
  readonly foreignKey: ForeignKey;
  readonly value: string;
  /** What stands there where nothing says what the row is called. */
  readonly otherwise?: string;
}

/** What the row is called that a foreign key's value refers to. */
export function Called({ foreignKey, value, otherwise = '' }: CalledProps) {
  const name = useSignal('');
  useEffect(() => {
    const request = new AbortController();
    name.value = '';
    candidateAt(foreignKey, value, request.signal, true).then(
      (found) => {
        name.value = found?.name ?? '';
      },
      () => undefined, // a name is a help
    );
    return () => request.abort();
  }, [foreignKey, value]);
  return <>{name.value === '' ? otherwise : name.value}</>;
}
