import type { Lease } from '../../db/index.ts';
import type { Output } from '../connection/output.ts';
import { parameterStatus, type StateByte } from '../protocol/replies.ts';
import type { Traits } from '../sql/traits.ts';
import type { Hub } from './hub.ts';
import { type Limits, NO_LIMITS, type Report, readReport, restoreStartup } from './report.ts';
import type { Session } from './session.ts';

/** Tells a client of its settings whenever they may have changed, and knows its time limits. */
export class Reporting {
  private report: Report = { values: new Map(), limits: NO_LIMITS };
  private changed = false;

  constructor(
    private readonly hub: Hub,
    private readonly session: Session,
    private readonly output: Output,
  ) {}

  get limits(): Limits {
    return this.report.limits;
  }

  /** Settings may have changed of which the client has not been told. */
  get due(): boolean {
    return this.changed;
  }

  /** Statements have run that may change settings. */
  ran(traits: readonly Traits[]): void {
    this.changed ||= traits.some(({ settings, discards }) => settings || discards);
  }

  /** After a cycle that ended in this state, with this tag. */
  async settle(lease: Lease, state: StateByte, tag: string): Promise<void> {
    if (!this.changed || state === 'E') return;
    this.hub.unnamed = undefined;
    if (tag === 'RESET' || tag === 'DISCARD ALL') await restoreStartup(lease, this.session);
    await this.tell(lease);
    if (state === 'I') await this.hub.learnSettings(lease, this.session);
    // A transaction that rolls back takes its settings with it.
    this.changed = state === 'T';
  }

  async tell(lease: Lease): Promise<void> {
    const report = await readReport(lease);
    for (const [name, value] of report.values) {
      if (this.report.values.get(name) !== value) this.output.add(parameterStatus(name, value));
    }
    this.report = report;
  }
}
