import { actorStatement, READ_ONLY } from './actor.ts';
import { canceled } from './canceled.ts';
import { isStale } from './connection.ts';
import { type BatchOptions, DatabaseError, type Result, type RunOptions, type Statement } from './driver.ts';
import { Pace } from './pace.ts';
import type { Slot } from './pool.ts';
import { QUERY_CANCELED } from './sqlstate.ts';
import { hasGone, type Turns } from './turns.ts';

/** Reads in one group at most: more gain little, and each waits for the slowest. */
const GROUP_SIZE = 4;

/** Milliseconds that a read takes at most which goes with others: beside more, what it shares with them does not count. */
const QUICK = 5;

/** One read, and who waits for its result. */
interface Read {
  readonly statement: Statement;
  readonly options: BatchOptions;
  readonly resolve: (results: readonly Result[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Reads that go to a connection together, in one transaction, behind the settings that they have in common. */
interface Group {
  readonly settings: Statement | undefined;
  readonly reads: Read[];
}

type Alone = (statements: readonly Statement[], options: BatchOptions) => Promise<readonly Result[]>;

/**
 * Quick reads of one actor that wait for a connection at the same time share a write and a transaction, and with it the actor's settings,
 * which cost as much as a read by key. Where a connection is free nobody waits for company. A failure of one undoes nothing, as all only
 * read: each is then sent by itself, and fails or not as if it had been alone.
 */
export class SharedReads {
  /** Groups that still wait and have room, by their settings. */
  private readonly open = new Map<string, Group>();
  private readonly pace = new Pace();

  constructor(
    private readonly turns: Turns,
    private readonly alone: Alone,
  ) {}

  read(statement: Statement, options: BatchOptions): Promise<readonly Result[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Result[]>();
    const settings = actorStatement(options.actor, READ_ONLY);
    const read = { statement, options, resolve, reject };
    if (this.pace.of(statement.text) > QUICK) void this.send({ settings, reads: [read] });
    else this.join(read, settings);
    return promise;
  }

  private join(read: Read, settings: Statement | undefined): void {
    // Postgres has no NUL in a text, so nothing else can read the same
    const key = settings?.params?.join('\0') ?? '';
    const open = this.open.get(key);
    if (open !== undefined) {
      open.reads.push(read);
      if (open.reads.length === GROUP_SIZE) this.open.delete(key);
      return;
    }
    const group = { settings, reads: [read] };
    this.open.set(key, group);
    void this.send(group, () => {
      if (this.open.get(key) === group) this.open.delete(key);
    });
  }

  /** `close` is called when its turn has come, or won't come: nobody joins it any more. */
  private async send(group: Group, close?: () => void): Promise<void> {
    try {
      const results = await this.turns.take(undefined, (slot) => {
        close?.();
        return this.run(slot, group);
      });
      for (const [index, result] of results.entries()) group.reads[index]?.resolve([result]);
    } catch (error) {
      close?.();
      this.failed(group, error);
    }
  }

  private async run(slot: Slot, { settings, reads }: Group): Promise<readonly Result[]> {
    leaveOutGone(reads, slot);
    if (reads.length === 0) return [];
    const start = performance.now();
    const around = { before: settings === undefined ? [] : [settings], after: [] };
    const results = await this.turns.around(slot, statementsOf(reads), optionsOf(reads), around);
    const each = (performance.now() - start) / reads.length;
    for (const { statement } of reads) this.pace.note(statement.text, each);
    return results;
  }

  /** What Postgres refused may be another's fault, or that of a plan which has gone stale. Whose time is up has waited long enough. */
  private failed({ reads }: Group, error: unknown): void {
    const refused = error instanceof DatabaseError && error.code !== QUERY_CANCELED;
    const again = refused && (reads.length > 1 || isStale(error));
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
