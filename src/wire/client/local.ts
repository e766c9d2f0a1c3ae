import {
  BIND,
  type ClientMessage,
  DESCRIBE,
  EXECUTE,
  PARSE,
  type ParseMessage,
  QUERY,
  SYNC,
  writeParse,
} from '../protocol/messages.ts';
import { commandComplete, completion, parameterlessDescription } from '../protocol/replies.ts';
import type { Hub } from '../session/hub.ts';
import type { Session } from '../session/session.ts';
import { rewritten } from '../sql/rewrite.ts';
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
const NO_DATA = completion('n');

/**
 * The answer, or undefined where the unit needs the engine. The client has no turn; `begun`: it has been answered a BEGIN, after which
 * another is for Postgres to warn of.
 */
export function answerLocally(unit: Unit, hub: Hub, session: Session, begun: boolean): LocalAnswer | undefined {
  const [first] = unit.messages;
  if (first?.type === QUERY) {
    const { text } = first;
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
  return unit.messages.every((message) => {
    switch (message.type) {
      case SYNC:
        return true;
      case PARSE: {
        const { name, text } = message;
        begins.set(name, isBegin(text));
        return (isBegin(text) || hub.inTransaction) && (name === '' || session.statements.get(name) === undefined);
      }
      case BIND:
        bound = isOfBegin(message.statement);
        return bound;
      case EXECUTE:
        return bound;
      case DESCRIBE:
        return message.of === 'portal' || (message.of === 'statement' && isOfBegin(message.name));
      default:
        return false;
    }
  });
}

class Answerer {
  private begin: string | undefined;

  constructor(
    private readonly hub: Hub,
    private readonly session: Session,
  ) {}

  answer(unit: Unit): LocalAnswer {
    const replies = unit.messages.flatMap((message) => this.one(message));
    return { replies, begin: this.begin };
  }

  private one(message: ClientMessage): readonly Uint8Array[] {
    const { statements } = this.session;
    switch (message.type) {
      case PARSE:
        this.keep(message);
        return [PARSE_COMPLETE];
      case BIND: {
        const bound = statements.get(message.statement);
        if (bound !== undefined) statements.bind(message.portal, bound);
        return [BIND_COMPLETE];
      }
      case DESCRIBE:
        return message.of === 'statement' ? [parameterlessDescription(), NO_DATA] : [NO_DATA];
      case EXECUTE:
        return [this.execute(message.portal)];
      default:
        return [];
    }
  }

  private keep({ name, text, traits, types }: ParseMessage): void {
    const { statements } = this.session;
    const engineName = statements.newEngineName(name);
    const parse = writeParse(engineName, rewritten(text), types);
    if (name === '' && this.hub.unnamed === statements.get('')) this.hub.unnamed = undefined;
    statements.set({ name, engineName, text, parse, traits, life: -1 });
  }

  private execute(portal: string): Uint8Array {
    const text = this.session.statements.portal(portal)?.text ?? 'BEGIN';
    this.begin = text;
    return commandComplete(beginTag(text));
  }
}
