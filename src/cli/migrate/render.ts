import { relative } from 'node:path';
import type { Drift, Failure, OnEvent, Preview, Warning } from '../../migrate/index.ts';
import type { Terminal } from '../terminal.ts';

export const seconds = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const here = (path: string): string => {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
};

/** Where and why it stopped, and what stays. */
export function failureText(failure: Failure, terminal: Terminal): string {
  const { style } = terminal;
  const lines = [
    `${style('red', 'failed')} ${here(failure.file)}:${failure.place.line}:${failure.place.column}`,
    `  ${failure.message} ${style('dim', failure.code)}`,
    failure.detail && `  ${failure.detail}`,
    failure.hint && `  ${style('yellow', failure.hint)}`,
    ...failure.statement
      .split('\n')
      .slice(0, 8)
      .map((line) => `  ${style('dim', '│')} ${line}`),
    failure.kept > 0
      ? `  Its first ${plural(failure.kept, 'statement')} stay applied: it could not be one transaction. The next run goes on behind them.`
      : '  Nothing of this migration was kept.',
  ];
  return lines.filter((line) => typeof line === 'string' && line !== '').join('\n');
}

export const warningText = (warning: Warning, file: string, { style }: Terminal): string =>
  [
    `${style('yellow', 'careful')} ${here(file)}:${warning.place.line} ${style('dim', warning.rule)}`,
    `  ${warning.message}`,
    `  ${style('dim', 'safer:')} ${warning.safer}`,
  ].join('\n');

/** A difference between the database before and after. */
const DOES = { missing: 'adds', extra: 'removes', changed: 'changes' };

export function previewText(preview: Preview, { style }: Terminal): string {
  if (preview.files.length === 0) return 'Nothing to do.';
  const files = preview.files.map((it) => {
    const reason = it.reason === null ? '' : ` (not one transaction: ${it.reason})`;
    return [style('bold', `-- ${it.name}${reason}`), ...it.statements.map((sql) => `${sql};`)].join('\n');
  });
  const changes = preview.changes?.map((it) => `-- ${DOES[it.what]} ${it.kind.replace(/s$/, '')} ${it.name}`) ?? [];
  return [...files, ...(changes.length > 0 ? [style('bold', '-- what it would change'), ...changes] : [])].join('\n');
}

const WORDS = { missing: 'lacks', extra: 'has, but should not,', changed: 'has otherwise' };

export function driftText(drift: Drift, { style }: Terminal): string {
  if (drift.differences.length === 0) return `${style('green', 'no drift')}: the database is what its migrations say.`;
  const found = drift.differences.map((it) => {
    const fields = it.fields.length > 0 ? style('dim', ` (${it.fields.join(', ')})`) : '';
    return `  the database ${WORDS[it.what]} ${it.kind.replace(/s$/, '')} ${it.name}${fields}`;
  });
  const steps = drift.steps.map((it) => (it.loses ? `${it.sql}; -- loses ${it.loses}` : `${it.sql};`));
  return [
    style('yellow', plural(drift.differences.length, 'difference')),
    ...found,
    style('dim', '-- this would close it'),
    ...steps,
  ].join('\n');
}

/** A line for each migration as it happens, on standard error. */
export function progress(terminal: Terminal): OnEvent {
  const { style } = terminal;
  return (event) => {
    if (event.type === 'waiting')
      terminal.note(style('dim', `waiting for another process to finish (${seconds(event.waitedMs)})`));
    if (event.type === 'retry')
      terminal.note(style('yellow', `${event.name}: a table is busy, again in ${seconds(event.delayMs)}`));
    if (event.type === 'notice') terminal.note(style('yellow', event.message));
    if (event.type === 'done') {
      terminal.note(
        `${style('green', event.way === 'up' ? '↑' : '↓')} ${event.name} ${style('dim', seconds(event.tookMs))}`,
      );
    }
  };
}
