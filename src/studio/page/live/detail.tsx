import { useSignal } from '@preact/signals';
import type { ExplainedPlan, LiveEntry, LiveQuery, LiveRequest } from '../../api/shapes.ts';
import { failureFrom, told } from '../api/failure.ts';
import { rest } from '../api/rest.ts';
import { studio } from '../api/studio.ts';
import { Plan } from '../sql/plan.tsx';
import { Button } from '../ui/button.tsx';
import { copy } from '../ui/copy.ts';
import { complain } from '../ui/toast.tsx';
import { ms } from './duration.ts';
import { queriesOf, shownUrl } from './entries.ts';
import { formatSql } from './format.ts';
import { asCurl, asSupabase } from './snippets.ts';

interface DetailProps {
  readonly entry: LiveEntry;
  readonly onClose: () => void;
}

export function Detail({ entry, onClose }: DetailProps) {
  return (
    <aside class="row-panel detail" aria-label="Request" onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <header class="panel-head">
        <h2>{entry.kind === 'request' ? `${entry.method} · ${entry.status}` : 'Query'}</h2>
        <span class="spacer" />
        <Button quiet icon="close" label="Close" keys="Esc" onClick={onClose} />
      </header>
      <div class="panel-body">{entry.kind === 'request' ? <Request request={entry} /> : <Query query={entry} />}</div>
    </aside>
  );
}

function Request({ request }: { readonly request: LiveRequest }) {
  const curl = asCurl(request, location.origin);
  const supabase = asSupabase(request);
  const queries = queriesOf(request);
  const plan = useSignal<ExplainedPlan | null>(null);
  return (
    <div class="detail-body">
      <p class="url code">{shownUrl(request.url)}</p>
      {request.answer !== null && <Refusal answer={request.answer} status={request.status} />}
      <Stages request={request} />
      {Object.keys(request.headers).length > 0 && (
        <dl class="headers">
          {Object.entries(request.headers).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {request.body !== null && <Snippet title="Body" text={request.body} />}
      <h3>SQL</h3>
      {queries.map((query) => (
        <Query key={query.seq} query={query} />
      ))}
      {queries.length === 0 && <p class="muted">No statement of it ran.</p>}
      {request.method === 'GET' && request.url.startsWith('/rest/v1/') && (
        <Button icon="slow" label="Run it again with its plan" onClick={() => void planOf(request, plan)} />
      )}
      {plan.value !== null && <Plan plan={plan.value} />}
      <Snippet title="curl" text={curl} />
      {supabase !== null && <Snippet title="supabase-js" text={supabase} />}
    </div>
  );
}

/** Why a request was refused, as the client was told. */
function Refusal({ answer, status }: { readonly answer: string; readonly status: number }) {
  const { code, details, hint, message } = failureFrom(answer, status, answer);
  return (
    <div class="notice bad">
      <p>
        <strong>{message}</strong> {code !== null && `(${code})`}
      </p>
      {details !== null && <p>{details}</p>}
      {hint !== null && <p>{hint}</p>}
    </div>
  );
}

/** The dialect explains a request itself, with its real values. */
async function planOf(request: LiveRequest, plan: { value: ExplainedPlan | null }): Promise<void> {
  try {
    const accept = 'application/vnd.pgrst.plan+json; options=analyze|buffers|verbose';
    const profile = request.headers['accept-profile'];
    const headers = { accept, ...(profile === undefined ? {} : { 'accept-profile': profile }) };
    const response = await rest(request.url.slice('/rest/v1'.length), { headers });
    const plans: unknown = await response.json();
    plan.value = Array.isArray(plans) ? plans[0] : null;
  } catch (error) {
    complain(error);
  }
}

/** Where a request's time went. */
function Stages({ request }: { readonly request: LiveRequest }) {
  const known = request.stages.reduce((sum, [, took]) => sum + took, 0);
  const stages = [...request.stages, ['rest', Math.max(0, request.took - known)] as const];
  const shown = request.stages.length === 0 ? [] : stages;
  return (
    <section aria-label="Time of each stage">
      <div class="stages" aria-hidden="true">
        {shown.map(([name, took], index) => (
          <span key={name} class={`stage-${index % 6}`} style={{ flexGrow: took }} />
        ))}
      </div>
      <dl class="stage-list">
        {shown.map(([name, took], index) => (
          <div key={name}>
            <dt>
              <span class={`dot stage-${index % 6}`} />
              {name}
            </dt>
            <dd>{ms(took)}</dd>
          </div>
        ))}
        <div class="sum">
          <dt>in all</dt>
          <dd>{ms(request.took)}</dd>
        </div>
      </dl>
    </section>
  );
}

export function Query({ query }: { readonly query: Pick<LiveQuery, 'text'> & Partial<LiveQuery> }) {
  const plan = useSignal<ExplainedPlan | null>(null);
  const explainable = /^\s*(select|with|insert|update|delete|merge|values|table)\b/i.test(query.text);
  const explain = async () => {
    try {
      const { plan: found, error } = await studio.explain({
        id: crypto.randomUUID(),
        sql: query.text,
        mode: 'generic',
      });
      if (found === null) throw new Error(error?.message ?? 'There is no plan');
      plan.value = found;
    } catch (error) {
      complain(told(error));
    }
  };
  return (
    <div class="query">
      <pre tabIndex={0}>
        <code>{formatSql(query.text)}</code>
      </pre>
      <div class="query-foot">
        {query.took !== undefined && (
          <span class="muted">
            {ms(query.took)}
            {(query.shared ?? 1) > 1 && ` for ${query.shared} statements in one write`}
            {(query.waited ?? 0) > 0.5 && `, ${ms(query.waited ?? 0)} waiting`} · {query.rows ?? 0}{' '}
            {query.rows === 1 ? 'row' : 'rows'}
          </span>
        )}
        {query.error != null && <span class="wrong">{query.error}</span>}
        <span class="spacer" />
        {explainable && <Button label="Plan" onClick={() => void explain()} />}
        <Button quiet icon="copy" label="Copy SQL" onClick={() => void copy(query.text, 'SQL')} />
      </div>
      {plan.value !== null && <Plan plan={plan.value} />}
    </div>
  );
}

function Snippet({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section class="snippet">
      <header>
        <h3>{title}</h3>
        <Button quiet icon="copy" label={`Copy ${title}`} onClick={() => void copy(text, title)} />
      </header>
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </section>
  );
}
