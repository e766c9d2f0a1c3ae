import { RESET_SETTINGS } from '../../db/connection/kept-settings.ts';
import { identifier, literal } from '../../db/index.ts';
import type { StartupSetting } from '../connection/startup-settings.ts';
import { OTHERS_EXCLUSIVE_LOCKS, OTHERS_LOCKS } from '../sql/rewrite.ts';
import type { Traits } from '../sql/traits.ts';
import { type Captured, captureStatements, type HeldLock, noSuspicion, type Suspicion } from './capture.ts';
import { setStatement } from './set-statement.ts';
import { Statements } from './statements.ts';
import { bringBack, layAside, waitingSchema } from './temporary.ts';

/** The role that the engine's own session has. */
export const ENGINE_USER = 'postgres';

/** What `SHOW role` says where none is set. */
const NO_ROLE = 'none';

/**
 * What a client believes to be its Postgres session: the state that has to be there when its turn comes, and must not be when
 * another's does. A client that never sets anything costs nothing here.
 */
export class Session {
  readonly statements: Statements;
  /** Texts of `PREPARE` statements by name, as the client wrote them. */
  readonly prepareTexts = new Map<string, string>();
  suspicion: Suspicion = noSuspicion();
  locks: readonly HeldLock[] = [];
  hasTemporary = false;
  /** The schema for that exists. */
  madeSchema = false;
  /** It had temporary tables, which a restart of the engine has taken. */
  lostTemporary = false;
  /** Its temporary objects wait in a schema of their own. */
  asideTemporary = false;
  private settings: ReadonlyMap<string, string>;
  private authorization: string;
  private role = NO_ROLE;
  private prepared: ReadonlyMap<string, string> = new Map();

  constructor(
    readonly id: number,
    readonly user: string,
    readonly startup: readonly StartupSetting[],
  ) {
    this.statements = new Statements(id);
    this.authorization = user;
    this.settings = new Map(startup.map(({ name, value }) => [name, value]));
  }

  suspect(traits: Traits): void {
    const { suspicion } = this;
    suspicion.settings ||= traits.settings;
    suspicion.temporary ||= traits.temporary;
    suspicion.prepares ||= traits.prepares;
    suspicion.advisory ||= traits.advisory;
    for (const { name, text } of traits.prepared) this.prepareTexts.set(name, text);
  }

  suspectAll(): void {
    this.suspicion = { settings: true, temporary: true, prepares: true, advisory: true };
  }

  /** SQL to run before `leaveStatements`, where anything may have changed. */
  captureStatements(customSettings: Iterable<string>): readonly string[] {
    return captureStatements(this.suspicion, customSettings);
  }

  /** Takes in what the session was found to be. */
  captured(found: Captured): void {
    this.suspicion = noSuspicion();
    this.authorization = found.authorization ?? this.authorization;
    this.role = found.role ?? this.role;
    this.settings = found.settings ?? this.settings;
    this.hasTemporary = found.temporary ?? this.hasTemporary;
    this.prepared = found.prepared ?? this.prepared;
    this.locks = found.locks ?? this.locks;
  }

  /** Takes in settings that were read between transactions, so that they outlive the engine. */
  settingsRead(found: Captured): void {
    const plain = found.authorization === ENGINE_USER && found.role === NO_ROLE;
    if (!plain || found.settings === undefined) return;
    this.settings = found.settings;
    this.authorization = ENGINE_USER;
    this.role = NO_ROLE;
    this.suspicion.settings = false;
  }

  private get hasSettings(): boolean {
    return this.settings.size > 0 || this.authorization !== ENGINE_USER || this.role !== NO_ROLE;
  }

  /** Both have the same state, and nothing that is only one's own. */
  isLike(other: Session): boolean {
    if (!this.hasOnlySettings || !other.hasOnlySettings) return false;
    if (this.authorization !== other.authorization || this.role !== other.role) return false;
    if (this.settings.size !== other.settings.size) return false;
    for (const [name, value] of this.settings) if (other.settings.get(name) !== value) return false;
    return true;
  }

  private get hasOnlySettings(): boolean {
    const { advisory, prepares, settings, temporary } = this.suspicion;
    if (advisory || prepares || settings || temporary) return false;
    return this.locks.length === 0 && !this.hasTemporary && !this.asideTemporary && this.prepared.size === 0;
  }

  /** SQL that takes this client's state off the engine's session. `lockMarks`: the session lists other clients' locks. */
  leaveStatements(settingsCaptured: boolean, locksCaptured: boolean, lockMarks: boolean): readonly string[] {
    const statements: string[] = [];
    if (settingsCaptured || this.hasSettings || lockMarks) statements.push(...RESET_SETTINGS);
    if (this.locks.length > 0 && !locksCaptured) statements.push('SELECT pg_catalog.pg_advisory_unlock_all()');
    for (const name of this.prepared.keys()) statements.push(`DEALLOCATE ${identifier(name)}`);
    if (this.hasTemporary) {
      statements.push(layAside(this.id));
      this.asideTemporary = true;
      this.madeSchema = true;
    }
    return statements;
  }

  /** SQL that puts this client's state onto the engine's session; none where it has no state. */
  enterStatements(othersLocks: readonly HeldLock[]): readonly string[] {
    const statements: string[] = [];
    if (this.asideTemporary) statements.push(bringBack(this.id));
    for (const { key, exclusive, count } of this.locks) statements.push(retake(key, exclusive, count));
    statements.push(...lockMarks(othersLocks));
    for (const [name, value] of this.settings) statements.push(setStatement(name, value));
    if (this.authorization !== ENGINE_USER)
      statements.push(`SET SESSION AUTHORIZATION ${identifier(this.authorization)}`);
    if (this.role !== NO_ROLE) statements.push(`SET ROLE ${identifier(this.role)}`);
    for (const [name, text] of this.prepared) statements.push(this.prepareTexts.get(name) ?? text);
    return statements;
  }

  get waitingSchema(): string {
    return waitingSchema(this.id);
  }

  /** The engine's session ended without its leave: what was only there is gone. */
  engineLost(): void {
    this.lostTemporary ||= this.hasTemporary || this.suspicion.temporary;
    this.hasTemporary = false;
    this.asideTemporary = false;
    this.madeSchema = false;
    this.suspicion = noSuspicion();
  }

  /** `enterStatements` have run. */
  entered(): void {
    this.asideTemporary = false;
  }
}

/** At the session that is about to be a client's, the locks of the others, as `sql/rewrite.ts` asks for them. */
function lockMarks(others: readonly HeldLock[]): string[] {
  if (others.length === 0) return [];
  const listed = (locks: readonly HeldLock[]) => literal(`,${locks.map(({ key }) => key).join(',')},`);
  const exclusive = others.filter((lock) => lock.exclusive);
  return [
    `SET SESSION ${OTHERS_LOCKS} = ${listed(others)}`,
    `SET SESSION ${OTHERS_EXCLUSIVE_LOCKS} = ${listed(exclusive)}`,
  ];
}

/** The key is digits, a sign and a slash: Postgres printed it. */
function retake(key: string, exclusive: boolean, count: number): string {
  const name = exclusive ? 'pg_advisory_lock' : 'pg_advisory_lock_shared';
  const args = key.includes('/') ? key.replace('/', ', ') : `(${key})::bigint`;
  return `SELECT pg_catalog.${name}(${args}) FROM pg_catalog.generate_series(1, ${count})`;
}
