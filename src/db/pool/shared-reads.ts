import { canceled } from '../canceled.ts';
import type { Around } from '../connection/executor.ts';
import { deadline } from '../deadline.ts';
import { type BatchOptions, DatabaseError, type Result, type RunOptions, type Statement } from '../driver.ts';
import { QUERY_CANCELED } from '../sqlstate.ts';
import { envelopeOf } from './envelope.ts';
import { Pace } from './pace.ts';
import type { Slot } from './pool.ts';
import { hasGone, refreshed, type Turns } from './turns.ts';

/** Reads in one group at most: more gain little, and each waits for the slowest. */
const GROUP_SIZE = 8;

/** Milliseconds that a read takes at most which goes with others: beside more, what it shares with them does not count. */
const QUICK = 5;

/** Reads in a millisecond that one process has asked for and answered, about. */
const RATE = 2;

/** Groups of one actor under way, at least, before others wait for company. */
const LANES = 3;

/** Milliseconds that a read waits for company at most. */
const PATIENCE = 5;

/** One read, and who waits for its result. */
interface Read {
  readonly statement: Statement;
  readonly options: BatchOptions;
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads that go to a connection together, in one transaction, behind the settings that they have in common. */
interface Group {
  readonly reads: Read[];
  /** A connection has been asked for; until there is one, others may still join. */
  asked: boolean;
  /** Ends the wait for company. */
  lift?: () => void;
}

/** Reads with the same settings. */
interface Kind {
  readonly key: string;
  /** The settings, as a statement before the reads. */
  readonly envelope: Around;
  /** Groups that have asked for a connection, and have no result yet. */
  underWay: number;
  /** The group that others may join. */
  open: Group | undefined;
}

const kindOf = (envelope: Around, key: string): Kind => ({ key, envelope, underWay: 0, open: undefined });

/** Of a read that is alone. */
const NO_KEY = '';

/** Postgres has no NUL in a text, so nothing else can read the same. */
const keyOf = ({ before: [settings] }: Around): string => settings?.params?.join('\0') ?? '';

type Alone = (statements: readonly Statement[], options: BatchOptions) => Promise<readonly Result[]>;

/**
 * Quick reads of one actor that wait for a connection at the same time share a write and a transaction, and with it the actor's settings,
 * which cost as much as a read by key. While enough of them are under way to keep this process busy, others wait for each other even where
 * a connection is free: fewer and fuller groups take both sides less time. A failure of one undoes nothing, as all only read: each is then
 * sent by itself, and fails or not as if it had been alone.
 */
export class SharedReads {
  private readonly kinds = new Map<string, Kind>();
  private readonly pace = new Pace();

  constructor(
    private readonly turns: Turns,
    private readonly alone: Alone,
  ) {}

  read(statement: Statement, options: BatchOptions): Promise<readonly Result[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Result[]>();
    const envelope = envelopeOf(options);
    const read = { statement, options, resolve, reject };
    const pace = this.pace.of(statement.text);
    if (pace > QUICK) void this.send(kindOf(envelope, NO_KEY), { reads: [read], asked: true });
    else this.join(this.known(envelope), read, Math.max(LANES, RATE * pace));
    return promise;
  }

  private known(envelope: Around): Kind {
    const key = keyOf(envelope);
    const known = this.kinds.get(key);
    if (known !== undefined) return known;
    const kind = kindOf(envelope, key);
    this.kinds.set(key, kind);
    return kind;
  }

  /** `lanes`: as many under way as keep this process busy (Little's law); where there are more, fuller groups serve it better. */
  private join(kind: Kind, read: Read, lanes: number): void {
    kind.open ??= { reads: [], asked: false };
    const group = kind.open;
    group.reads.push(read);
    const full = group.reads.length === GROUP_SIZE;
    if (full) kind.open = undefined;
    if (group.asked) return;
    if (full || kind.underWay < lanes) void this.send(kind, group);
    else group.lift ??= deadline(PATIENCE, () => void this.send(kind, group));
  }

  private async send(kind: Kind, group: Group): Promise<void> {
    group.asked = true;
    group.lift?.();
    kind.underWay++;
    try {
      const results = await this.turns.take(undefined, (slot) => {
        if (kind.open === group) kind.open = undefined;
        return refreshed(() => this.run(slot, kind, group));
      });
      this.arrived(kind, group);
      for (const [index, result] of results.entries()) group.reads[index]?.resolve([result]);
    } catch (error) {
      this.arrived(kind, group);
      this.failed(group, error);
    }
  }

  /** Makes room for those who waited for company. */
  private arrived(kind: Kind, group: Group): void {
    kind.underWay--;
    if (kind.open === group) kind.open = undefined;
    if (kind.open !== undefined && !kind.open.asked) void this.send(kind, kind.open);
    else if (kind.underWay === 0 && this.kinds.get(kind.key) === kind) this.kinds.delete(kind.key);
  }

  private async run(slot: Slot, { envelope }: Kind, { reads }: Group): Promise<readonly Result[]> {
    leaveOutGone(reads, slot);
    if (reads.length === 0) return [];
    const start = performance.now();
    const results = await this.turns.around(slot, statementsOf(reads), optionsOf(reads), envelope);
    const each = (performance.now() - start) / reads.length;
    for (const { statement } of reads) this.pace.note(statement.text, each);
    return results;
  }

  /** What Postgres refused may be another's fault. Whose time is up has waited long enough. */
  private failed({ reads }: Group, error: unknown): void {
    const again = reads.length > 1 && error instanceof DatabaseError && error.code !== QUERY_CANCELED;
    for (const { statement, options, resolve, reject } of reads) {
      if (again) this.alone([statement], options).then(resolve, reject);
      else reject(error);
    }
  }
}

function leaveOutGone(reads: Read[], slot: Slot): void {
  for (const read of reads.filter(({ options }) => hasGone(slot, options))) {
    reads.splice(reads.indexOf(read), 1);
    read.reject(canceled('signal'));
  }
}

/** Each is observed as its own. */
const statementsOf = (reads: readonly Read[]): readonly Statement[] =>
  reads.length === 1
    ? reads.map(({ statement }) => statement)
    : reads.map(({ statement, options }) => ({ ...statement, label: options.label }));

/** With one setting they have one time limit; nobody's hanging up ends what others wait for. */
function optionsOf([first, ...others]: readonly Read[]): RunOptions {
  if (others.length === 0) return first?.options ?? {};
  return { timeout: first?.options.timeout };
}
