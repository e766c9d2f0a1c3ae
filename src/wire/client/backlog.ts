import type { Flow } from '../connection/output.ts';
import { lengthOf } from '../protocol/messages.ts';
import type { Unit } from './units.ts';

/** Bytes of messages that wait before the client is asked to send no more, and from which on it may go on. */
const HIGH_WATER = 4 * 1024 * 1024;
const LOW_WATER = 1024 * 1024;

/** What a client has sent and nobody has come to yet. Who sends faster than the database works is not read from meanwhile. */
export class Backlog {
  private units: Unit[] = [];
  private bytes = 0;
  private paused = false;

  constructor(private readonly flow: Flow) {}

  push(unit: Unit): void {
    this.units.push(unit);
    this.bytes += bytesOf(unit);
    if (this.paused || this.bytes < HIGH_WATER) return;
    this.paused = true;
    this.flow.pause();
  }

  shift(): Unit | undefined {
    const unit = this.units.shift();
    if (unit === undefined) return undefined;
    this.bytes -= bytesOf(unit);
    if (this.bytes <= LOW_WATER) this.read();
    return unit;
  }

  clear(): void {
    this.units = [];
    this.bytes = 0;
    this.read();
  }

  /** Reads on, however much waits: a COPY needs what comes behind it. */
  read(): void {
    if (!this.paused) return;
    this.paused = false;
    this.flow.resume();
  }
}

const bytesOf = ({ messages }: Unit): number => messages.reduce((sum, message) => sum + lengthOf(message), 0);
