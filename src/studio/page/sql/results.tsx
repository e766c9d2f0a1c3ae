import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import type { SqlError, SqlOutcome } from '../../api/shapes.ts';
import { Button } from '../ui/button.tsx';
import { copy } from '../ui/copy.ts';
import { Suspend } from '../ui/suspend.tsx';
import { chosen } from './chosen.ts';
import { Plan } from './plan.tsx';
import { ResultGrid } from './result-grid.tsx';
import { outcome, running } from './run.ts';
import { chartable, toCsv, toJson } from './shape.ts';

const chart = () =>
  import('./chart.tsx').then(
    ({ Chart }) =>
      function ChartOfShown() {
        const result = outcome.value;
        const shown = result?.kind === 'run' ? result.run.outcomes[chosen.value] : undefined;
        return shown === undefined ? null : <Chart outcome={shown} />;
      },
  );

/** What a run gave: one tab for each statement. */
export function Results() {
  const view = useSignal<Mode>('grid');
  useSignalEffect(() => {
    const result = outcome.value;
    chosen.value = result?.kind === 'run' ? result.run.outcomes.length - 1 : 0;
  });
  if (running.value !== null)
    return (
      <p class="results muted hint" role="status">
        Running…
      </p>
    );
  const result = outcome.value;
  if (result === null)
    return <p class="results muted hint">Write SQL above. Ctrl Enter runs it, or what is selected of it.</p>;
  if (result.kind === 'failed')
    return (
      <div class="results">
        <ErrorBox error={result.error} />
      </div>
    );
  if (result.kind === 'plan')
    return (
      <div class="results">
        <Plan plan={result.plan} />
      </div>
    );
  const { outcomes, rolledBack } = result.run;
  const shown = outcomes[Math.min(chosen.value, outcomes.length - 1)];
  if (shown === undefined) return <p class="results muted hint">There was no statement to run.</p>;
  const drawable = chartable(shown);
  const mode = view.value === 'chart' && !drawable ? 'grid' : view.value;
  return (
    <section class="results" aria-label="Results">
      {rolledBack && <p class="notice bad">A transaction was left open, so it was rolled back.</p>}
      <div class="results-head">
        {outcomes.length > 1 && <StatementTabs outcomes={outcomes} />}
        <span class="muted" role="status">
          {summary(shown)}
        </span>
        <span class="spacer" />
        {shown.fields.length > 0 && <Ways shown={shown} drawable={drawable} mode={mode} view={view} />}
      </div>
      {shown.error !== null ? (
        <>
          <ErrorBox error={shown.error} />
          {chosen.value > 0 && <p class="hint muted">{kept(outcomes)}</p>}
        </>
      ) : shown.fields.length === 0 ? (
        <p class="hint">{shown.command || 'Done'}</p>
      ) : mode === 'json' ? (
        <pre class="json-result" tabIndex={0}>
          <code>{toJson(shown)}</code>
        </pre>
      ) : mode === 'chart' ? (
        <Suspend load={chart} />
      ) : (
        <ResultGrid outcome={shown} />
      )}
    </section>
  );
}

type Mode = 'grid' | 'chart' | 'json';

interface WaysProps {
  readonly shown: SqlOutcome;
  readonly drawable: boolean;
  readonly mode: Mode;
  readonly view: Signal<Mode>;
}

/** The ways in which a result can be looked at, and taken along. */
function Ways({ shown, drawable, mode, view }: WaysProps) {
  const modes = (['grid', 'chart', 'json'] as const).filter((name) => name !== 'chart' || drawable);
  return (
    <>
      {modes.map((name) => (
        <Button
          key={name}
          label={labels[name]}
          pressed={mode === name}
          onClick={() => {
            view.value = name;
          }}
        />
      ))}
      <Button quiet icon="copy" label="Copy as CSV" onClick={() => void copy(toCsv(shown), 'CSV')} />
      <Button quiet icon="braces" label="Copy as JSON" onClick={() => void copy(toJson(shown), 'JSON')} />
    </>
  );
}

/** What a failure in the middle leaves: each statement is a transaction, unless they opened one. */
const kept = (outcomes: readonly SqlOutcome[]): string =>
  outcomes.some(({ text }) => /^(begin|start)\b/i.test(text))
    ? 'The statements before it ran; those that follow it did not.'
    : 'The statements before it ran, and what they did stays; those that follow it did not run.';

const labels = { grid: 'Grid', chart: 'Chart', json: 'JSON' } as const;

function summary({ count, took, command, truncated, fields, error }: SqlOutcome): string {
  const time = took < 10 ? `${took.toFixed(1)} ms` : `${Math.round(took)} ms`;
  if (error !== null) return time;
  const rows =
    fields.length > 0 || count > 0 ? `${count.toLocaleString('en')} ${count === 1 ? 'row' : 'rows'}` : command;
  return `${truncated ? 'the first ' : ''}${rows} · ${time}`;
}

function StatementTabs({ outcomes }: { readonly outcomes: readonly SqlOutcome[] }) {
  return (
    <div class="statement-tabs" role="tablist" aria-label="Statements">
      {outcomes.map(({ text, offset, error }, index) => (
        <button
          key={offset}
          type="button"
          role="tab"
          title={text.slice(0, 300)}
          class={error === null ? '' : 'wrong'}
          aria-selected={index === chosen.value}
          onClick={() => {
            chosen.value = index;
          }}
        >
          {index + 1} {/^\w+/.exec(text)?.[0]?.toLowerCase()}
        </button>
      ))}
    </div>
  );
}

function ErrorBox({ error }: { readonly error: SqlError }) {
  return (
    <div class="notice bad" role="alert">
      <p>
        <strong>{error.message}</strong> {error.code !== '' && <span>({error.code})</span>}
      </p>
      {error.detail && <p>{error.detail}</p>}
      {error.hint && <p>{error.hint}</p>}
    </div>
  );
}
