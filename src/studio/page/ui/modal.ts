import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Where work goes on: at the rows, where there are some. */
export function focusRows(): boolean {
  const grid = document.querySelector<HTMLElement>('.grid');
  grid?.focus();
  return grid !== null;
}

/**
 * Opens a dialog before the next key arrives: what is typed at once belongs there. The focus goes back to where it came from.
 * @returns what closes it at once, for whoever does something that needs the page behind it
 */
export function useModal(element: RefObject<HTMLDialogElement | null>, onClose: () => void): () => void {
  const leave = useRef(() => {});
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog === null) return;
    const before = document.activeElement;
    dialog.showModal();
    dialog.addEventListener('close', onClose);
    leave.current = () => {
      leave.current = () => {};
      // as long as it is open nothing behind it takes the focus; and its own end must not end what follows it
      dialog.removeEventListener('close', onClose);
      dialog.close();
      const isThere = before instanceof HTMLElement && before.isConnected && before !== document.body;
      if (isThere) before.focus();
      else focusRows();
    };
    return () => leave.current();
  }, []);
  return () => leave.current();
}
