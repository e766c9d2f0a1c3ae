import type { Lease, PgliteDriver } from '../../db/index.ts';
import type { Traits } from '../sql/traits.ts';
import { type HeldLock, noSuspicion, readCaptured, settingsStatements } from './capture.ts';
import { Effects } from './effects.ts';
import { LockQueue } from './lock-queue.ts';
import type { Session } from './session.ts';
import { joined, runSql } from './sql.ts';
import type { ClientStatement } from './statements.ts';
import { LEFT_BEHIND } from './temporary.ts';

/**
 * Gives the engine's one session to one client after another, with that client's state on it. A client's state stays there until
 * another's turn comes, and moving it costs only where there is some.
 */
export class Hub {
  readonly sessions = new Set<Session>();
  readonly locks = new LockQueue(this.sessions);
  /** The statement that the session's unnamed one is; it is parsed again for whoever finds another's there. */
  unnamed: ClientStatement | undefined;
  /** See `Lease.life`. */
  life = -1;
  /** The client whose turn it is: whom notifications come from. */
  speaker: number | undefined;
  /** The lease of the client whose turn it is. */
  private held: Lease | undefined;
  private resident: Session | undefined;
  private lockMarks = false;
  /** Somebody else than the resident may have drawn from sequences. */
  private foreignSequences = true;
  private engine: object | undefined;
  private readonly effects: Effects;

  constructor(readonly driver: PgliteDriver) {
    this.effects = new Effects(driver);
  }

  close(): void {
    this.effects.close();
  }

  /** A client has the session, and a transaction open on it. */
  get inTransaction(): boolean {
    return this.held !== undefined && this.held.state !== 'idle';
  }

  /** Waits for the session; when this resolves, it is the client's, as it left it. */
  async enter(session: Session, wait: number, signal: AbortSignal): Promise<Lease> {
    const lease = await this.driver.lease({ owner: this, wait, signal });
    try {
      if (this.isNew(lease)) await this.meetEngine(lease);
      if (this.resident !== session) await this.change(lease, session);
      this.held = lease;
      return lease;
    } catch (error) {
      await lease.release();
      throw error;
    }
  }

  /**
   * Makes the session forget what others have drawn from sequences. What the client itself drew in an earlier turn is forgotten as well: better
   * Postgres's error than another's number.
   */
  async forgetSequences(lease: Lease): Promise<void> {
    if (!this.foreignSequences) return;
    this.foreignSequences = false;
    await this.put(lease, ['DISCARD SEQUENCES']);
  }

  /** Learns the client's settings when it has changed them: were the engine to die later, they could not be asked for. */
  async learnSettings(lease: Lease, session: Session): Promise<void> {
    const rows = await runSql(lease, [joined(settingsStatements(this.effects.customSettings))]);
    session.settingsRead(readCaptured({ ...noSuspicion(), settings: true }, rows));
  }

  /** Gives the session back; the client's state is taken off it when somebody else comes. */
  async release(lease: Lease, discarded: boolean): Promise<void> {
    this.speaker = undefined;
    this.held = undefined;
    if (this.locks.busy && this.resident?.suspicion.advisory && lease.state === 'idle') await this.leave(lease);
    if (discarded) this.unnamed = undefined;
    await lease.release({ leave: (later) => this.leave(later), discarded });
  }

  /** A turn for the port itself, which leaves the session as it finds it. */
  async visit(): Promise<Lease> {
    const lease = await this.driver.lease({ owner: this });
    try {
      if (this.isNew(lease)) await this.meetEngine(lease);
      this.unnamed = undefined;
      return lease;
    } catch (error) {
      await this.endVisit(lease);
      throw error;
    }
  }

  endVisit(lease: Lease): Promise<void> {
    return lease.release({ leave: (later) => this.leave(later) });
  }

  /** What a query text that has run may have changed. */
  note(session: Session, traits: Traits): void {
    this.effects.note(session, traits);
  }

  /** The client is gone: nothing of it may stay. */
  async remove(session: Session): Promise<void> {
    this.sessions.delete(session);
    const traces = this.resident === session || session.madeSchema || session.statements.engineNames().length > 0;
    if (traces) await this.erase(session);
    session.locks = [];
    this.locks.freed();
  }

  private async erase(session: Session): Promise<void> {
    const lease = await this.driver.lease({ owner: this, wait: 0 });
    try {
      if (this.resident === session) await this.leave(lease);
      this.unnamed = undefined;
      const statements = lease.life === this.life ? session.statements.engineNames() : [];
      const texts = statements.map((name) => `DEALLOCATE "${name}"`);
      if (session.madeSchema && lease.engine === this.engine) texts.push(dropSchema(session.waitingSchema));
      // A statement of it may have failed to be prepared; then there is nothing to take away.
      await runSql(lease, texts).catch(() => {});
    } finally {
      await lease.release({ leave: (later) => this.leave(later) });
    }
  }

  /** The session was made anew, or its functions may have changed. */
  private isNew(lease: Lease): boolean {
    return lease.life !== this.life || this.effects.outdated;
  }

  private async meetEngine(lease: Lease): Promise<void> {
    this.life = lease.life;
    this.unnamed = undefined;
    if (lease.engine !== this.engine) await this.meetNewEngine(lease);
    if (this.effects.outdated) await this.effects.look(lease);
  }

  private async meetNewEngine(lease: Lease): Promise<void> {
    this.resident = undefined;
    this.lockMarks = false;
    for (const session of this.sessions) session.engineLost();
    const left = await runSql(lease, [LEFT_BEHIND]);
    for (const [schema] of left) await runSql(lease, [dropSchema(schema ?? '')]);
    this.engine = lease.engine;
  }

  private async change(lease: Lease, session: Session): Promise<void> {
    this.foreignSequences = true;
    if (this.canFollow(session)) {
      this.resident = session;
      return;
    }
    const off = await this.takeOff(lease);
    const others = this.locks.locksOfOthers(session);
    const on = session.enterStatements(others);
    this.lockMarks = others.length > 0;
    this.resident = session;
    if (off.length + on.length > 0) await this.put(lease, [...off, ...on]);
    session.entered();
  }

  /** The resident's state is the session's as well: clients of one pool set the same things. */
  private canFollow(session: Session): boolean {
    if (this.resident === undefined || this.lockMarks || !this.resident.isLike(session)) return false;
    return !this.locks.heldByOthers(session);
  }

  private async put(lease: Lease, statements: readonly string[]): Promise<void> {
    this.unnamed = undefined;
    // Each by itself: what a setting does to transactions must not hit the rest.
    await runSql(lease, statements);
  }

  /** Takes the resident's state off the session, and keeps it. */
  private async leave(lease: Lease): Promise<void> {
    const off = await this.takeOff(lease);
    if (off.length > 0) await this.put(lease, off);
  }

  /** Keeps the resident's state; gives the SQL that takes it off. */
  private async takeOff(lease: Lease): Promise<readonly string[]> {
    const session = this.resident;
    if (session === undefined) return [];
    this.resident = undefined;
    const { suspicion } = session;
    const capture = session.captureStatements(this.effects.customSettings);
    if (capture.length > 0) {
      this.unnamed = undefined;
      const rows = await runSql(lease, [joined(capture)]);
      const before = session.locks;
      session.captured(readCaptured(suspicion, rows));
      if (before.some((lock) => !holdsStill(session, lock))) this.locks.freed();
    }
    const off = session.leaveStatements(suspicion.settings, suspicion.advisory, this.lockMarks);
    this.lockMarks = false;
    return off;
  }
}

const holdsStill = ({ locks }: Session, lock: HeldLock): boolean =>
  locks.some(({ key, exclusive }) => key === lock.key && exclusive === lock.exclusive);

const dropSchema = (schema: string): string =>
  `SET client_min_messages = error; DROP SCHEMA IF EXISTS "${schema}" CASCADE; RESET client_min_messages`;
