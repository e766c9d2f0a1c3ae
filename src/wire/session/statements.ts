import type { Traits } from '../sql/traits.ts';

/** A prepared statement of the extended protocol, as a client knows it. */
export interface ClientStatement {
  /** The client's name for it; empty: the unnamed statement. */
  readonly name: string;
  /** Its name in the engine's session, where the names of all clients meet. */
  readonly engineName: string;
  readonly traits: Traits;
  readonly text: string;
  /** The Parse message that makes it, under its engine name. */
  readonly parse: Uint8Array;
  /** The life of the session in which the engine last parsed it; in another the engine does not know it. */
  life: number;
}

const PREFIX = 'hutch_wire_';

/** A client's statements and portals, by the names it gave them. */
export class Statements {
  private readonly byName = new Map<string, ClientStatement>();
  private readonly portals = new Map<string, ClientStatement>();
  private count = 0;

  constructor(private readonly clientId: number) {}

  get(name: string): ClientStatement | undefined {
    return this.byName.get(name);
  }

  set(statement: ClientStatement): void {
    this.byName.set(statement.name, statement);
  }

  delete(name: string): void {
    this.byName.delete(name);
  }

  clear(): void {
    this.byName.clear();
    this.portals.clear();
  }

  bind(portal: string, statement: ClientStatement): void {
    this.portals.set(portal, statement);
  }

  portal(name: string): ClientStatement | undefined {
    return this.portals.get(name);
  }

  /** Portals end with their transaction. */
  forgetPortals(): void {
    this.portals.clear();
  }

  /** Engine names of those that the engine may know. */
  engineNames(): readonly string[] {
    return [...this.byName.values()].filter(({ name }) => name !== '').map(({ engineName }) => engineName);
  }

  /** A name that no other client's statement has. The unnamed one keeps its lack of a name: see `Hub.unnamed`. */
  newEngineName(name: string): string {
    return name === '' ? '' : `${PREFIX}${this.clientId}_${++this.count}`;
  }

  /** For a name that the client never prepared: the engine must not find another client's under it. */
  unknownName(name: string): string {
    return `${PREFIX}${this.clientId}_0_${name}`;
  }

  /** In a message of Postgres, engine names read as the client's own. */
  translate(message: string): string {
    if (!message.includes(PREFIX)) return message;
    const unknown = message.replaceAll(this.unknownName(''), '');
    return [...this.byName.values()].reduce(
      (text, { name, engineName }) => (engineName === '' ? text : text.replaceAll(`"${engineName}"`, `"${name}"`)),
      unknown,
    );
  }
}
