import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

interface ButtonProps {
  readonly icon?: IconName;
  readonly label: string;
  /** The label is for those who cannot see the icon. */
  readonly quiet?: boolean;
  readonly primary?: boolean;
  readonly danger?: boolean;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly keys?: string;
  readonly onClick: (event: MouseEvent) => void;
  readonly children?: ComponentChildren;
  readonly class?: string;
  readonly tabIndex?: number;
  /** Of a dialog: has the focus first, so that Enter does it. */
  readonly autofocus?: boolean;
}

export function Button(props: ButtonProps) {
  const {
    icon,
    label,
    quiet = false,
    primary,
    danger,
    pressed,
    disabled,
    keys,
    onClick,
    children,
    tabIndex,
    autofocus,
  } = props;
  const kind = [primary && 'primary', danger && 'danger', quiet && 'quiet', props.class].filter(Boolean).join(' ');
  return (
    <button
      type="button"
      class={`button ${kind}`}
      aria-label={label}
      aria-pressed={pressed}
      title={keys === undefined ? (quiet ? label : undefined) : `${label} (${keys})`}
      disabled={disabled}
      onClick={onClick}
      tabIndex={tabIndex}
      autofocus={autofocus}
    >
      {icon && <Icon name={icon} />}
      {!quiet && <span>{label}</span>}
      {children}
    </button>
  );
}
