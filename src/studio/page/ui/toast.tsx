import { signal } from '@preact/signals';
import { told } from '../api/failure.ts';
import { Button } from './button.tsx';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly bad: boolean;
}

const toasts = signal<readonly Toast[]>([]);
let sequence = 0;

/** Milliseconds; bad news stays until it is closed. */
const STAYS = 4_000;

export function say(text: string): void {
  show(text, false);
}

export function complain(error: unknown): void {
  show(told(error), true);
}

function show(text: string, bad: boolean): void {
  const id = ++sequence;
  toasts.value = [...toasts.value.slice(-2), { id, text, bad }];
  if (!bad) setTimeout(() => dismiss(id), STAYS);
}

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

export function Toasts() {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, text, bad }) => (
        <div key={id} class={bad ? 'toast bad' : 'toast'}>
          <span>{text}</span>
          <Button quiet icon="close" label="Dismiss" onClick={() => dismiss(id)} />
        </div>
      ))}
    </div>
  );
}
