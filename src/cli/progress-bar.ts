import type { Terminal } from './terminal.ts';

const WIDTH = 30;
/** Off a terminal a line at every tenth. */
const PLAIN_STEP = 0.1;

export interface ProgressBar {
  /** `share` from 0 to 1. */
  show(share: number, text: string): void;
  end(): void;
}

/** A bar with the time that is left, on a terminal; a line now and then off it. Written to standard error. */
export function progressBar(terminal: Terminal): ProgressBar {
  const started = performance.now();
  let told = 0;
  return {
    show(share, text) {
      const left = share > 0 ? ((performance.now() - started) * (1 - share)) / share : 0;
      if (terminal.interactive) return void process.stderr.write(`\r\u001b[K${bar(share)} ${text}${remaining(left)}`);
      if (share < told + PLAIN_STEP && share < 1) return;
      told = share;
      terminal.note(text);
    },
    end: () => void (terminal.interactive && process.stderr.write('\r\u001b[K')),
  };
}

const bar = (share: number): string => {
  const full = Math.round(share * WIDTH);
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${String(Math.floor(share * 100)).padStart(3)} %`;
};

const remaining = (ms: number): string => (ms > 1_000 ? `, ${Math.ceil(ms / 1_000)} s left` : '');
