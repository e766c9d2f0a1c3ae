import type { Editing, EditorProps } from './editing.ts';

export type ControlProps = EditorProps & { readonly editing: Editing };

/** What every control has. */
export const shared = ({ column, value, id, inForm = false, editing }: ControlProps) => ({
  ref: editing.element,
  id,
  'aria-label': inForm ? undefined : column.name,
  'aria-invalid': editing.wrong.value !== null,
  placeholder: value === null || value === undefined ? editing.absent : value === '' ? 'empty' : undefined,
  value: editing.text.value,
  onKeyDown: editing.onKeyDown,
  onBlur: editing.onBlur,
});
