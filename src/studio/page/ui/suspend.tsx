import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { told } from '../api/failure.ts';

/** Shows a view once its code is here. */
export function Suspend({ load }: { readonly load: () => Promise<ComponentType> }) {
  const view = useSignal<ComponentType | null>(null);
  const failed = useSignal<string | null>(null);
  useEffect(() => {
    load().then(
      (loaded) => {
        view.value = loaded;
      },
      (error: unknown) => {
        failed.value = told(error);
      },
    );
  }, []);
  if (failed.value !== null) return <p class="notice bad">{failed.value}</p>;
  const View = view.value;
  return View === null ? <p class="loading muted">Loading…</p> : <View />;
}
