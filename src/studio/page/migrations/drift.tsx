import { useSignal } from '@preact/signals';
import type { DriftSummary } from '../../api/shapes.ts';
import { told } from '../api/failure.ts';
import { studio } from '../api/studio.ts';
import { Button } from '../ui/button.tsx';
import { SqlBlock } from '../ui/sql-block.tsx';

/** Compares schema files, migrations and the live catalog. The migrations are replayed for it, so it is asked for. */
export function DriftReport() {
  const drift = useSignal<DriftSummary | null>(null);
  const failed = useSignal<string | null>(null);
  const looking = useSignal(false);
  const look = async () => {
    looking.value = true;
    failed.value = null;
    try {
      drift.value = await studio.drift();
    } catch (error) {
      failed.value = told(error);
    } finally {
      looking.value = false;
    }
  };
  return (
    <section aria-label="Drift">
      <header class="section-head">
        <h2>Schema, migrations and database</h2>
        <span class="spacer" />
        <Button
          icon="refresh"
          label={looking.value ? 'Comparing…' : 'Compare'}
          disabled={looking.value}
          onClick={() => void look()}
        />
      </header>
      {failed.value !== null && <p class="notice bad">{failed.value}</p>}
      {drift.value === null ? (
        <p class="muted">
          Replays the migrations in a database of its own and compares the catalogs; that takes seconds.
        </p>
      ) : (
        <Report drift={drift.value} />
      )}
    </section>
  );
}

function Report({ drift }: { readonly drift: DriftSummary }) {
  const { differences, steps, missing, problem, schemaProblem } = drift;
  return (
    <div class="drift">
      <h3>What the schema has and the database lacks</h3>
      {schemaProblem !== null ? (
        <p class="notice bad">{schemaProblem}</p>
      ) : missing.length === 0 ? (
        <p class="muted">Nothing: the database fits the schema files.</p>
      ) : (
        <SqlBlock text={`${missing.join(';\n')};`} />
      )}
      <h3>How the database differs from its migrations</h3>
      {problem !== null ? (
        <p class="notice bad">{problem}</p>
      ) : differences.length === 0 ? (
        <p class="muted">Nothing: the catalog is what the applied migrations lead to.</p>
      ) : (
        <>
          <ul class="differences">
            {differences.map(({ what, kind, name, fields }) => (
              <li key={kind + name}>
                <span class={`state ${what}`}>{what}</span>
                <span class="muted kind">{kind}</span>
                <code>{name}</code>
                {fields.length > 0 && <span class="muted">{fields.join(', ')}</span>}
              </li>
            ))}
          </ul>
          {steps.length > 0 && <h3>The SQL that would lead the database back</h3>}
          {steps.length > 0 && (
            <SqlBlock
              text={steps.map(({ sql, loses }) => `${loses === null ? '' : `-- loses ${loses}\n`}${sql};`).join('\n')}
            />
          )}
        </>
      )}
    </div>
  );
}
