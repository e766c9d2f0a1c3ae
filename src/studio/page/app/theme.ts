import { signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const now = (): Theme => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light');

export const theme = signal<Theme>(now());

export function toggleTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme.value;
  localStorage.setItem('hutch.theme', theme.value);
}

/** Until somebody chooses, the page follows the system. */
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
  if (localStorage.getItem('hutch.theme') !== null) return;
  theme.value = event.matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = theme.value;
});
