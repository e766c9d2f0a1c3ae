import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';
import { focusRows } from './modal.ts';

interface MenuProps {
  readonly label: string;
  readonly id?: string;
  readonly keys?: string;
  readonly icon?: IconName;
  readonly quiet?: boolean;
  readonly count?: number;
  readonly align?: 'start' | 'end';
  readonly class?: string;
  readonly children: (close: () => void) => ComponentChildren;
}

/** Opens the menu with this id, as its button does. */
export function openMenu(id: string): void {
  document.getElementById(id)?.click();
}

/** A button with a panel below it, closed by Escape, by a click elsewhere, or by what is chosen in it. Arrows go through its items. */
export function Menu({ label, id, keys, icon, quiet, count, align = 'start', children, ...rest }: MenuProps) {
  const open = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    open.value = false;
  };
  const finish = () => {
    close();
    if (!focusRows()) button.current?.focus();
  };
  const leave = (event: KeyboardEvent) => {
    event.stopPropagation();
    close();
    button.current?.focus();
  };
  const move = (event: KeyboardEvent, by: number) => {
    const items = [...(root.current?.querySelectorAll<HTMLElement>('.menu-item') ?? [])];
    const at = items.findIndex((item) => item.matches(':focus'));
    if (at < 0) return;
    event.preventDefault();
    items.at((at + by) % items.length)?.focus();
  };
  useLayoutEffect(() => {
    if (!open.value) return;
    const outside = (event: Event) => {
      if (event.target instanceof Node && root.current?.contains(event.target) !== true) close();
    };
    document.addEventListener('pointerdown', outside);
    const panel = root.current?.querySelector('.menu-panel');
    const first = panel?.querySelector<HTMLElement>('[data-first]');
    (first ?? panel?.querySelector<HTMLElement>('input,button,select'))?.focus();
    return () => document.removeEventListener('pointerdown', outside);
  }, [open.value]);
  return (
    <div
      class="menu"
      ref={root}
      onKeyDown={(event) => {
        if (!open.value) return;
        if (event.key === 'Escape') leave(event);
        else if (event.key === 'ArrowDown') move(event, 1);
        else if (event.key === 'ArrowUp') move(event, -1);
      }}
    >
      <button
        ref={button}
        id={id}
        type="button"
        class={`button ${quiet ? 'quiet' : ''} ${rest.class ?? ''}`}
        aria-label={count !== undefined && count > 0 ? `${label} ${count}` : label}
        title={keys === undefined ? (quiet ? label : undefined) : `${label} (${keys})`}
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value;
        }}
      >
        {icon && <Icon name={icon} />}
        {!quiet && <span>{label}</span>}
        {count !== undefined && count > 0 && <span class="badge" data-count={count} />}
      </button>
      {open.value && <div class={`menu-panel ${align}`}>{children(finish)}</div>}
    </div>
  );
}

export function MenuItem({
  icon,
  label,
  onClick,
  keys,
}: {
  readonly icon?: IconName;
  readonly label: string;
  readonly keys?: string;
  readonly onClick: () => void;
}) {
  return (
    <button type="button" class="menu-item" onClick={onClick}>
      {icon ? <Icon name={icon} /> : <span class="icon" />}
      <span>{label}</span>
      {keys && <kbd>{keys}</kbd>}
    </button>
  );
}
