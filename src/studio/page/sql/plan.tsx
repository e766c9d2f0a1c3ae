import { useSignal } from '@preact/signals';
import type { ExplainedPlan, PlanNode } from '../../api/shapes.ts';
import { Button } from '../ui/button.tsx';
import { copy } from '../ui/copy.ts';

interface Measured {
  readonly node: PlanNode;
  readonly depth: number;
  /** Milliseconds (or cost, where it was not run) of the node without those below it. */
  readonly own: number;
  readonly rows: number;
  readonly planned: number;
  readonly loops: number;
}

const number = (node: PlanNode, name: string): number => {
  const value = node[name];
  return typeof value === 'number' ? value : 0;
};
const text = (node: PlanNode, name: string): string | null => {
  const value = node[name];
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : null;
};

const wasRun = (node: PlanNode): boolean => typeof node['Actual Total Time'] === 'number';

/** All loops together. */
function total(node: PlanNode): number {
  if (!wasRun(node)) return number(node, 'Total Cost');
  return number(node, 'Actual Total Time') * Math.max(1, number(node, 'Actual Loops'));
}

function measure(node: PlanNode, depth = 0): readonly Measured[] {
  const below = node.Plans ?? [];
  // what an InitPlan or a CTE takes is in the time of whoever asks for it, like any other child's
  const own = Math.max(0, total(node) - below.reduce((sum, child) => sum + total(child), 0));
  const loops = Math.max(1, number(node, 'Actual Loops'));
  const measured = {
    node,
    depth,
    own,
    loops,
    rows: number(node, 'Actual Rows') * loops,
    planned: number(node, 'Plan Rows') * loops,
  };
  return [measured, ...below.flatMap((child) => measure(child, depth + 1))];
}

/** How many times more or fewer rows than planned make a node worth a look. */
const MISJUDGED = 10;

/** A plan as a tree: each node with its own time, the slowest marked. */
export function Plan({ plan }: { readonly plan: ExplainedPlan }) {
  const open = useSignal<number | null>(null);
  const nodes = measure(plan.Plan);
  const run = wasRun(plan.Plan);
  const whole = Math.max(total(plan.Plan), 1e-9);
  const slowest = nodes.reduce((most, it) => (it.own > most.own ? it : most));
  return (
    <div class="plan">
      <div class="results-head">
        <span class="muted">
          {run
            ? `${ms(plan['Execution Time'] ?? 0)} running, ${ms(plan['Planning Time'] ?? 0)} planning; nothing was kept`
            : 'Planned, not run'}
        </span>
        <span class="spacer" />
        <Button icon="copy" label="Copy plan" onClick={() => void copy(JSON.stringify([plan], null, 2), 'Plan')} />
      </div>
      <ol class="plan-tree">
        {nodes.map((it, index) => (
          <li key={index} class={it === slowest ? 'slowest' : ''} style={{ paddingLeft: `${it.depth * 20 + 12}px` }}>
            <button
              type="button"
              class="plan-node"
              aria-expanded={open.value === index}
              onClick={() => {
                open.value = open.value === index ? null : index;
              }}
            >
              <span class="plan-name">
                <strong>{it.node['Node Type']}</strong> <span class="muted">{subject(it.node)}</span>
                {it === slowest && <span class="tag tag-1">slowest</span>}
                {run && isMisjudged(it) && <span class="tag">planned {it.planned.toLocaleString('en')} rows</span>}
              </span>
              <span class="plan-rows muted">
                {run ? `${Math.round(it.rows).toLocaleString('en')} rows` : `~${it.planned.toLocaleString('en')} rows`}
              </span>
              <span class="plan-bar" aria-hidden="true">
                <span style={{ width: `${Math.max(1, (it.own / whole) * 100)}%` }} />
              </span>
              <span class="plan-time">{run ? ms(it.own) : it.own.toFixed(1)}</span>
            </button>
            {open.value === index && <Details node={it.node} />}
          </li>
        ))}
      </ol>
    </div>
  );
}

const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : Math.round(value).toLocaleString('en')} ms`;

function isMisjudged({ rows, planned }: Measured): boolean {
  const ratio = (rows + 1) / (planned + 1);
  return ratio > MISJUDGED || ratio < 1 / MISJUDGED;
}

function subject(node: PlanNode): string {
  const relation = text(node, 'Relation Name') ?? text(node, 'CTE Name') ?? text(node, 'Function Name');
  const index = text(node, 'Index Name');
  return [relation && `on ${relation}`, index && `by ${index}`, text(node, 'Join Type')?.toLowerCase()]
    .filter(Boolean)
    .join(' ');
}

/** What the tree itself shows already. */
const known = new Set(['Plans', 'Node Type', 'Relation Name', 'Index Name', 'Join Type']);

function Details({ node }: { readonly node: PlanNode }) {
  const entries = Object.entries(node).filter(([name, value]) => !known.has(name) && value !== false && value !== 0);
  return (
    <dl class="plan-details">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{Array.isArray(value) ? value.join(', ') : String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
