import { DatabaseError } from '../../db/index.ts';
import type { HeldLock } from './capture.ts';
import type { Session } from './session.ts';

interface Waiting {
  readonly key: string;
  readonly wake: () => void;
}

const DEADLOCK_DETECTED = '40P01';

/** Who waits for an advisory lock that another client holds. */
export class LockQueue {
  private readonly waiting = new Map<Session, Waiting>();

  /** `sessions` are those that live. */
  constructor(private readonly sessions: ReadonlySet<Session>) {}

  get busy(): boolean {
    return this.waiting.size > 0;
  }

  heldByOthers(session: Session): boolean {
    for (const other of this.sessions) if (other !== session && other.locks.length > 0) return true;
    return false;
  }

  locksOfOthers(session: Session): readonly HeldLock[] {
    const locks: HeldLock[] = [];
    for (const other of this.sessions) if (other !== session) locks.push(...other.locks);
    return locks;
  }

  /** Resolves when locks have been freed: then it is time to try again. Rejects where waiting could never end. */
  wait(session: Session, key: string, signal: AbortSignal): Promise<void> {
    if (this.closesCircle(session, key)) return Promise.reject(deadlock());
    return new Promise((resolve, reject) => {
      const done = () => {
        this.waiting.delete(session);
        signal.removeEventListener('abort', aborted);
      };
      const aborted = () => {
        done();
        reject(signal.reason);
      };
      const wake = () => {
        done();
        resolve();
      };
      signal.addEventListener('abort', aborted, { once: true });
      this.waiting.set(session, { key, wake });
      if (signal.aborted) aborted();
    });
  }

  /** Some lock has been freed. */
  freed(): void {
    for (const { wake } of [...this.waiting.values()]) wake();
  }

  private closesCircle(session: Session, key: string): boolean {
    const seen = new Set<Session>([session]);
    let wanted: string | undefined = key;
    while (wanted !== undefined) {
      const holder = this.holderOf(wanted, seen.size === 1 ? session : undefined);
      if (holder === undefined) return false;
      if (seen.has(holder)) return true;
      seen.add(holder);
      wanted = this.waiting.get(holder)?.key;
    }
    return false;
  }

  private holderOf(key: string, except: Session | undefined): Session | undefined {
    for (const session of this.sessions) {
      if (session !== except && session.locks.some((lock) => lock.key === key)) return session;
    }
    return undefined;
  }
}

const deadlock = (): DatabaseError =>
  new DatabaseError('deadlock detected', DEADLOCK_DETECTED, {
    detail: 'Clients of this port wait for advisory locks of each other.',
  });
