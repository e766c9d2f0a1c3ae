import { styleText } from 'node:util';

/** Where a command writes: a person's terminal, or a pipe, which gets plain text or JSON. */
export interface Terminal {
  readonly interactive: boolean;
  /** Results: standard output. */
  print(text: string): void;
  /** Everything else: standard error. */
  note(text: string): void;
  style(format: Parameters<typeof styleText>[0], text: string): string;
}

export const terminal: Terminal = {
  interactive: process.stdout.isTTY === true,
  print: (text) => void process.stdout.write(`${text}\n`),
  note: (text) => void process.stderr.write(`${text}\n`),
  style: (format, text) =>
    process.stdout.isTTY && process.env.NO_COLOR === undefined ? styleText(format, text) : text,
};
