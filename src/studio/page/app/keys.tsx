import { Dialog } from '../ui/dialog.tsx';
import { closeOverlay } from './overlay.ts';

const keys: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'Anywhere',
    [
      ['Ctrl K', 'Go to a table, a column, a view, or do something'],
      ['/', 'Find in the rows'],
      ['Ctrl S', 'Review changes; Enter saves them'],
      ['Ctrl Z', 'Undo a change'],
      ['Ctrl Shift Z', 'Do it again'],
      ['?', 'These keys'],
    ],
  ],
  [
    'In the grid',
    [
      ['↑ ↓ ← →', 'Move; with Ctrl to the end'],
      ['Enter', 'Edit the value; a digit begins a new number'],
      ['Esc', 'Leave the value as it was'],
      ['Tab', 'Keep the value, go on to the right'],
      ['Backspace', 'Set to null'],
      ['Space', 'Open the row'],
      ['S', 'Sort by the column; with Shift beside others'],
      ['F', 'Filter by the value, or by another condition'],
      ['C', 'Hide and pin columns'],
      ['I', 'What the column holds: nulls, smallest, largest, most common'],
      ['X', 'Tick the row; Ctrl A ticks all that are loaded'],
      ['Ctrl C', 'Copy the value, or the ticked rows'],
      ['Ctrl V', 'Paste cells of a spreadsheet'],
      ['O', 'Go to the row that a key refers to'],
      ['N', 'New row'],
      ['Ctrl D', 'Duplicate the row'],
      ['Del', 'Delete the row'],
      ['R', 'Read the rows again'],
    ],
  ],
  [
    'In SQL',
    [
      ['Ctrl Enter', 'Run everything, or what is selected'],
      ['Ctrl Shift Enter', 'Explain with its real times'],
      ['Esc', 'Cancel what runs'],
      ['Esc Tab', 'Leave the editor; Tab alone indents'],
    ],
  ],
];

export function Keys() {
  return (
    <Dialog wide title="Keys" onClose={closeOverlay}>
      <div class="key-columns">
        {keys.map(([title, list]) => (
          <section key={title} class="keys">
            <h3>{title}</h3>
            <dl>
              {list.map(([key, told]) => (
                <div key={key}>
                  <dt>
                    <kbd>{key}</kbd>
                  </dt>
                  <dd>{told}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
