import {
  BIND,
  CLOSE,
  DESCRIBE,
  EXECUTE,
  PARSE,
  QUERY,
  readBind,
  readExecutePortal,
  readParse,
  readQuery,
  readTarget,
  SYNC,
  writeParse,
} from '../protocol/messages.ts';
import { commandComplete, completion, parameterlessDescription } from '../protocol/replies.ts';
import type { Hub } from '../session/hub.ts';
import type { Session } from '../session/session.ts';
import { rewritten } from '../sql/rewrite.ts';
import { traitsOf } from '../sql/traits.ts';
import type { Unit } from './units.ts';

/**
 * What a client is answered without the engine. A BEGIN takes nothing from the database until the first statement after it (Postgres
 * takes a transaction's snapshot then, too), so it need not wait for the session, nor keep it. And a client that prepares
 * statements while another has a transaction open is not made to wait: they are parsed when they are first used.
 */
export interface LocalAnswer {
  readonly replies: readonly Uint8Array[];
  /** The BEGIN that has been answered, to be run before what comes next. */
  readonly begin?: string;
}

const MODE =
  '(?:isolation\\s+level\\s+(?:serializable|repeatable\\s+read|read\\s+(?:un)?committed)|read\\s+(?:write|only)|(?:not\\s+)?deferrable)';
const BEGIN = new RegExp(
  `^\\s*(?:begin(?:\\s+(?:work|transaction))?|start\\s+transaction)(?:\\s+${MODE}(?:\\s*,?\\s*${MODE})*)?\\s*;?\\s*$`,
  'i',
);

export const isBegin = (sql: string): boolean => BEGIN.test(sql);

const beginTag = (sql: string): string => (/^\s*start/i.test(sql) ? 'START TRANSACTION' : 'BEGIN');

const PARSE_COMPLETE = completion('1');
const BIND_COMPLETE = completion('2');
const CLOSE_COMPLETE = completion('3');
const NO_DATA = completion('n');

/**
 * The answer, or undefined where the unit needs the engine. The client has no turn; `begun`: it has been answered a BEGIN, after which
 * another is for Postgres to warn of.
 */
export function answerLocally(unit: Unit, hub: Hub, session: Session, begun: boolean): LocalAnswer | undefined {
  const [first] = unit.messages;
  if (first?.type === QUERY) {
    const text = readQuery(first.bytes);
    if (begun || !isBegin(text)) return undefined;
    session.statements.delete('');
    return { replies: [commandComplete(beginTag(text))], begin: text };
  }
  if (begun && unit.messages.some(({ type }) => type === EXECUTE)) return undefined;
  return canAnswer(unit, hub, session) ? new Answerer(hub, session).answer(unit) : undefined;
}

/** Whether each message is about a BEGIN, or only prepares while others have the session. */
function canAnswer(unit: Unit, hub: Hub, session: Session): boolean {
  if (unit.end !== 'ready') return false;
  const begins = new Map<string, boolean>();
  let bound = false;
  const isOfBegin = (name: string) => begins.get(name) ?? isBegin(session.statements.get(name)?.text ?? '');
  return unit.messages.every(({ type, bytes }) => {
    if (type === SYNC) return true;
    if (type === PARSE) {
      const { name, text } = readParse(bytes);
      begins.set(name, isBegin(text));
      return (isBegin(text) || hub.inTransaction) && (name === '' || session.statements.get(name) === undefined);
    }
    if (type === BIND) {
      bound = isOfBegin(readBind(bytes).statement);
      return bound;
    }
    if (type === EXECUTE) return bound;
    const target = type === DESCRIBE || type === CLOSE ? readTarget(bytes) : undefined;
    return target !== undefined && type === DESCRIBE && (!target.isStatement || isOfBegin(target.name));
  });
}

class Answerer {
  private begin: string | undefined;

  constructor(
    private readonly hub: Hub,
    private readonly session: Session,
  ) {}

  answer(unit: Unit): LocalAnswer {
    const replies = unit.messages.flatMap(({ type, bytes }) => this.one(type, bytes));
    return { replies, begin: this.begin };
  }

  private one(type: number, bytes: Buffer): readonly Uint8Array[] {
    const { statements } = this.session;
    switch (type) {
      case PARSE:
        this.keep(bytes);
        return [PARSE_COMPLETE];
      case BIND: {
        const { portal, statement } = readBind(bytes);
        const bound = statements.get(statement);
        if (bound !== undefined) statements.bind(portal, bound);
        return [BIND_COMPLETE];
      }
      case DESCRIBE:
        return readTarget(bytes).isStatement ? [parameterlessDescription(), NO_DATA] : [NO_DATA];
      case EXECUTE:
        return [this.execute(readExecutePortal(bytes))];
      case CLOSE:
        return [CLOSE_COMPLETE];
      default:
        return [];
    }
  }

  private keep(bytes: Buffer): void {
    const { statements } = this.session;
    const { name, text, types } = readParse(bytes);
    const engineName = statements.newEngineName(name);
    const parse = writeParse(engineName, rewritten(text), types);
    if (name === '' && this.hub.unnamed === statements.get('')) this.hub.unnamed = undefined;
    statements.set({ name, engineName, text, parse, traits: traitsOf(text), life: -1 });
  }

  private execute(portal: string): Uint8Array {
    const text = this.session.statements.portal(portal)?.text ?? 'BEGIN';
    this.begin = text;
    return commandComplete(beginTag(text));
  }
}
