import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { PostgreSQL, sql } from '@codemirror/lang-sql';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, Prec, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { CatalogSummary } from '../../api/shapes.ts';

export interface EditorKeys {
  run(): void;
  explain(): void;
  cancel(): boolean;
  changed(text: string): void;
}

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--ok)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--violet)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: 'var(--teal)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: 'var(--bg)', color: 'var(--text)' },
  '.cm-content': { fontFamily: 'var(--mono)', padding: '10px 0', caretColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--bg)', color: 'var(--muted)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 45%, transparent)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--bg)',
    border: '1px solid var(--line)',
    borderRadius: '8px',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--text)' },
  '.cm-wrong': { textDecoration: 'underline wavy var(--danger)', textUnderlineOffset: '4px' },
});

const markWrong = StateEffect.define<number | null>();

/** Underlines where Postgres says an error is, until something is typed. */
const wrong = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    let next = transaction.docChanged ? Decoration.none : marks;
    for (const effect of transaction.effects) {
      if (!effect.is(markWrong)) continue;
      next = effect.value === null ? Decoration.none : marked(transaction.state, effect.value);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function marked(state: EditorState, at: number): DecorationSet {
  const from = Math.min(at, Math.max(0, state.doc.length - 1));
  const word = state.wordAt(from);
  const to = word?.to ?? Math.min(state.doc.length, from + 1);
  return to > from ? Decoration.set([Decoration.mark({ class: 'cm-wrong' }).range(from, to)]) : Decoration.none;
}

const dialect = new Compartment();

/** Completion of tables, their columns, and functions. */
function completion(catalog: CatalogSummary | null) {
  const tables = catalog?.tables ?? [];
  const schema: Record<string, Record<string, string[]>> = {};
  for (const table of tables) {
    const columns = table.columns.map((column) => column.name);
    schema[table.schema] = { ...schema[table.schema], [table.name]: columns };
  }
  return sql({ dialect: PostgreSQL, upperCaseKeywords: true, schema, defaultSchema: catalog?.defaultSchema });
}

/** An editor for Postgres's SQL that knows the catalog. */
export class SqlEditor {
  readonly view: EditorView;

  constructor(parent: HTMLElement, text: string, catalog: CatalogSummary | null, keys: EditorKeys) {
    const run = (work: () => void) => (view: EditorView) => {
      closeCompletion(view);
      work();
      return true;
    };
    const state = EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(
          keymap.of([
            { key: 'Mod-Shift-Enter', run: run(keys.explain) },
            { key: 'Mod-Enter', run: run(keys.run) },
          ]),
        ),
        lineNumbers(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        highlightActiveLine(),
        highlightSelectionMatches(),
        dialect.of(completion(catalog)),
        syntaxHighlighting(colours),
        look,
        wrong,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'SQL' }),
        placeholder('SELECT …'),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
        keymap.of([{ key: 'Escape', run: keys.cancel }]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) keys.changed(update.state.doc.toString());
        }),
      ],
    });
    this.view = new EditorView({ parent, state });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** What is selected and where it begins, else everything. */
  get chosen(): { readonly text: string; readonly from: number } {
    const { from, to, empty } = this.view.state.selection.main;
    return empty ? { text: this.text, from: 0 } : { text: this.view.state.sliceDoc(from, to), from };
  }

  /** The statement at the cursor, roughly: what stands between the semicolons around it; what is selected comes first. */
  get statement(): { readonly text: string; readonly from: number } {
    const { empty, head } = this.view.state.selection.main;
    if (!empty) return this.chosen;
    const before = this.text.lastIndexOf(';', Math.max(0, head - 2)) + 1;
    const after = this.text.indexOf(';', Math.max(before, head - 1));
    const text = this.text.slice(before, after < 0 ? undefined : after);
    return text.trim() === '' ? { text: this.text, from: 0 } : { text, from: before };
  }

  set(text: string): void {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
    this.view.focus();
  }

  know(catalog: CatalogSummary | null): void {
    this.view.dispatch({ effects: dialect.reconfigure(completion(catalog)) });
  }

  markWrong(at: number | null): void {
    this.view.dispatch({ effects: markWrong.of(at) });
  }

  close(): void {
    this.view.destroy();
  }
}
