import type { ForeignKey } from '../app/catalog.ts';
import { useChooser } from './chooser.tsx';
import { type ControlProps, shared } from './control.ts';
import { inputText } from './input.ts';
import { isNumeric, kindOf } from './kind.ts';

/** The key of another row, which is chosen by what that row is called. */
export function KeyText(props: ControlProps & { readonly foreignKey: ForeignKey }) {
  const { column, value, foreignKey, inForm = false, editing } = props;
  const text = editing.text.value;
  const chooser = useChooser({
    foreignKey,
    field: editing.element,
    text,
    untouched: text === inputText(column, value),
    atOnce: !inForm,
    numeric: isNumeric(kindOf(column)) && /^\d*$/.test(text),
    onPick(key) {
      chooser.close();
      editing.enter(key);
      editing.commit('here');
    },
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const closes = inForm && event.key === 'Escape' && chooser.list !== null;
    if (chooser.pressed(event) || closes) {
      event.preventDefault();
      event.stopPropagation();
      if (closes) chooser.close();
      return;
    }
    if (event.key === 'Enter' || event.key === 'Tab') {
      if (chooser.chosen !== undefined) editing.enter(chooser.chosen);
      chooser.close();
    }
    editing.onKeyDown(event);
  };
  return (
    <>
      <input
        {...shared(props)}
        {...chooser.attributes}
        onInput={(event) => {
          editing.enter(event.currentTarget.value);
          chooser.show();
        }}
        onKeyDown={onKeyDown}
        onBlur={() => {
          chooser.close();
          editing.onBlur();
        }}
      />
      {chooser.list}
    </>
  );
}
