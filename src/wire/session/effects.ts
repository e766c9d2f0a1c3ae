import type { Lease, PgliteDriver } from '../../db/index.ts';
import type { Traits } from '../sql/traits.ts';
import { type HiddenEffects, NO_HIDDEN_EFFECTS, readHiddenEffects } from './routines.ts';
import type { Session } from './session.ts';

/** Custom settings are told apart by name only; more than these are not followed. */
const MOST_CUSTOM_SETTINGS = 500;

const ROUTINE_DDL =
  /^\s*(?:create|alter|drop|do|import)\b[\s\S]*\b(?:function|procedure|routine|extension|do|schema)\b/i;

/** What query texts, and the functions of the database that they may call, do to the state of a session. */
export class Effects {
  /** Names of all that were seen to be set; Postgres has no list of them. */
  readonly customSettings = new Set<string>();
  private hidden: HiddenEffects = NO_HIDDEN_EFFECTS;
  private routinesChanged = true;
  private readonly stopObserving: () => void;

  constructor(driver: PgliteDriver) {
    this.stopObserving = driver.observe(({ text }) => {
      if (ROUTINE_DDL.test(text)) this.routinesChanged = true;
    });
  }

  close(): void {
    this.stopObserving();
  }

  /** A text has run in this session. */
  note(session: Session, traits: Traits): void {
    session.suspect(traits);
    for (const name of traits.customSettings) this.follow(name);
    if (traits.routines) this.routinesChanged = true;
    const { settings, temporary, advisory } = this.hidden;
    session.suspicion.settings ||= settings;
    session.suspicion.temporary ||= temporary;
    session.suspicion.advisory ||= advisory;
  }

  /** The database's functions may have changed since they were read. */
  get outdated(): boolean {
    return this.routinesChanged;
  }

  /** Reads the functions. */
  async look(lease: Lease): Promise<void> {
    this.routinesChanged = false;
    this.hidden = await readHiddenEffects(lease);
    for (const name of this.hidden.customSettings) this.follow(name);
  }

  private follow(name: string): void {
    if (this.customSettings.size < MOST_CUSTOM_SETTINGS) this.customSettings.add(name);
  }
}
