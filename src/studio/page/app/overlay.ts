import { signal } from '@preact/signals';

/** What lies over the page, at most one at a time. */
export const overlay = signal<'palette' | 'keys' | 'review' | 'actor' | 'import' | 'column' | null>(null);
/** The list of tables, where it is not always in view (narrow windows). */
export const drawer = signal(false);

export const closeOverlay = (): void => {
  overlay.value = null;
};
