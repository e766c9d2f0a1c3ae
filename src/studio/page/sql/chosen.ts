import { signal } from '@preact/signals';

/** Which statement's result is shown. */
export const chosen = signal(0);
