import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

/** Where work goes on: at the rows, where there are some. */
export function focusRows(): boolean {
  const grid = document.querySelector<HTMLElement>('.grid');
  grid?.focus();
  return grid !== null;
}

/** Opens a dialog before the next key arrives: what is typed at once belongs there. The focus goes back to where it came from. */
export function useModal(element: RefObject<HTMLDialogElement | null>): void {
  useLayoutEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    return () => {
      const isThere = before instanceof HTMLElement && before.isConnected && before !== document.body;
      if (isThere) before.focus();
      else focusRows();
    };
  }, []);
}
