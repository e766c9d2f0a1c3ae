import { query } from '../../db/protocol/frontend.ts';
import type { Writer } from '../../db/protocol/writer.ts';
import {
  BIND,
  type BindMessage,
  CLOSE,
  type ClientMessage,
  COPY_DATA,
  COPY_DONE,
  COPY_FAIL,
  DESCRIBE,
  EXECUTE,
  PARSE,
  type ParseMessage,
  QUERY,
  type QueryMessage,
  type TargetMessage,
  writeAsIs,
  writeBind,
  writeParse,
  writeStatementTarget,
} from '../protocol/messages.ts';
import type { Hub } from '../session/hub.ts';
import type { Session } from '../session/session.ts';
import type { ClientStatement } from '../session/statements.ts';
import { rewritten } from '../sql/rewrite.ts';
import { PLAIN, type Traits } from '../sql/traits.ts';

/** A Parse in a request whose ParseComplete is awaited. */
export interface AwaitedParse {
  readonly statement: ClientStatement;
  /** The port's own: its completion is not for the client. */
  readonly injected: boolean;
  /** What had the name before, to come back where the Parse fails. */
  readonly before?: ClientStatement;
}

/** What the port adds to a client's messages; completions of that are not for the client. */
export interface Awaited {
  readonly parses: readonly AwaitedParse[];
  /** For each Close in the request, whether it is the port's own. */
  readonly closes: readonly boolean[];
}

/**
 * Turns a client's messages into those for the engine: statements get the names that they have there, and those that the
 * engine does not know (any more) are parsed again first.
 */
export class Encoder implements Awaited {
  readonly parses: AwaitedParse[] = [];
  readonly closes: boolean[] = [];
  /** Of everything that these messages run. */
  readonly traits: Traits[] = [];

  constructor(
    private readonly hub: Hub,
    private readonly session: Session,
    private readonly to: Writer,
  ) {}

  add(message: ClientMessage): void {
    switch (message.type) {
      case QUERY:
        this.query(message);
        return;
      case PARSE:
        this.parse(message);
        return;
      case BIND:
        this.bind(message);
        return;
      case DESCRIBE:
      case CLOSE:
        this.target(message);
        return;
      case EXECUTE:
        this.run(this.session.statements.portal(message.portal)?.traits ?? PLAIN);
        writeAsIs(this.to, message);
        return;
      // Outside a COPY, Postgres passes over its messages.
      case COPY_DATA:
      case COPY_DONE:
      case COPY_FAIL:
        return;
      default:
        writeAsIs(this.to, message);
    }
  }

  private query(message: QueryMessage): void {
    const { text, traits } = message;
    const rewriting = rewritten(text);
    this.run(traits);
    this.dropUnnamed();
    if (rewriting === text) writeAsIs(this.to, message);
    else query(this.to, rewriting);
  }

  private parse({ name, text, traits, types }: ParseMessage): void {
    const { statements } = this.session;
    const before = statements.get(name);
    if (name !== '' && before !== undefined) {
      // Postgres refuses a name that is taken; so the engine must know it.
      this.ensure(before);
      this.to.bytes(writeParse(before.engineName, text, types));
      return;
    }
    const engineName = statements.newEngineName(name);
    const parse = writeParse(engineName, rewritten(text), types);
    const statement = { name, engineName, text, parse, traits, life: this.hub.life };
    statements.set(statement);
    if (name === '') this.hub.unnamed = statement;
    this.parses.push({ statement, injected: false, before });
    this.to.bytes(parse);
  }

  private bind(message: BindMessage): void {
    const statement = this.session.statements.get(message.statement);
    if (statement === undefined) {
      writeBind(this.to, message, this.foreignName(message.statement));
      return;
    }
    this.ensure(statement);
    this.session.statements.bind(message.portal, statement);
    if (statement.engineName === message.statement) writeAsIs(this.to, message);
    else writeBind(this.to, message, statement.engineName);
  }

  private target(message: TargetMessage): void {
    const { name, of } = message;
    if (message.type === CLOSE) this.closes.push(false);
    if (of !== 'statement') {
      writeAsIs(this.to, message);
      return;
    }
    const statement = this.session.statements.get(name);
    if (statement !== undefined && message.type === DESCRIBE) this.ensure(statement);
    writeStatementTarget(this.to, message.type, statement?.engineName ?? this.foreignName(name));
    if (message.type === CLOSE) this.close(name);
  }

  private close(name: string): void {
    this.session.statements.delete(name);
    if (name === '') this.hub.unnamed = undefined;
  }

  /** Statements of SQL's PREPARE can be bound by their own names. */
  private foreignName(name: string): string {
    const { session } = this;
    if (name !== '' && session.prepareTexts.has(name)) return name;
    return session.statements.unknownName(name);
  }

  private ensure(statement: ClientStatement): void {
    const { hub } = this;
    const known = statement.name === '' ? hub.unnamed === statement : statement.life === hub.life;
    if (known) return;
    statement.life = hub.life;
    if (statement.name === '') hub.unnamed = statement;
    this.parses.push({ statement, injected: true });
    // Closing what is not there is no error; what is there after all must not be in the way.
    this.closes.push(true);
    writeStatementTarget(this.to, CLOSE, statement.engineName);
    this.to.bytes(statement.parse);
  }

  /** A simple query takes away the unnamed statement. */
  private dropUnnamed(): void {
    this.hub.unnamed = undefined;
    this.session.statements.delete('');
  }

  private run(traits: Traits): void {
    if (traits === PLAIN) {
      this.hub.note(this.session, PLAIN);
      return;
    }
    this.traits.push(traits);
    this.hub.note(this.session, traits);
  }
}
