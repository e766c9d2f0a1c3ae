/**
 * How a setting's text becomes its value. Written by hand rather than with a schema library: settings are read before
 * anything else can start, and loading one would take longer than all of them together.
 */
export interface Kind<T> {
  /** What a person should write, for the help: `<port>`, `on|off`. */
  readonly form: string;
  /** The same in words, for whoever wrote something else. Default: the form. */
  readonly wants?: string;
  /** The value, or undefined where the text is not one. */
  parse(text: string): T | undefined;
  /** Right values, where they can be listed: the nearest one is named to whoever mistypes. */
  readonly choices?: readonly string[];
  /** A value as a person would write it. Default: its own text. */
  print?(value: T): string;
}

export const text: Kind<string> = { form: '<text>', parse: (value) => value };

export const path: Kind<string> = { form: '<path>', parse: (value) => (value === '' ? undefined : value) };

/** A key of supabase-js's newer kind, long enough not to be guessed. */
export const apiKey = (prefix: string): Kind<string> => ({
  form: `${prefix}…`,
  parse: (value) => (value.startsWith(prefix) && value.length >= prefix.length + 16 ? value : undefined),
});

export const url: Kind<string> = {
  form: '<url>',
  wants: 'a URL, scheme first',
  parse: (value) => (URL.canParse(value) ? value : undefined),
};

const switches = new Map([
  ...['on', 'true', 'yes', '1'].map((word) => [word, true] as const),
  ...['off', 'false', 'no', '0'].map((word) => [word, false] as const),
]);

export const flag: Kind<boolean> = {
  form: 'on|off',
  choices: ['on', 'off', 'true', 'false', 'yes', 'no'],
  parse: (value) => switches.get(value.toLowerCase()),
};

export function integer(least: number, most: number, form = '<number>'): Kind<number> {
  return {
    form,
    wants: `a whole number from ${least} to ${most}`,
    parse(value) {
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      return number >= least && number <= most ? number : undefined;
    },
  };
}

export const port: Kind<number> = integer(0, 65_535, '<port>');

export function oneOf<const C extends readonly string[]>(...choices: C): Kind<C[number]> {
  return { form: choices.join('|'), choices, parse: (value) => choices.find((choice) => choice === value) };
}

const levels = oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent');

/** A level of the log; PostgREST's `crit` is `fatal`. */
export const level: typeof levels = { ...levels, parse: (value) => levels.parse(value === 'crit' ? 'fatal' : value) };

const durationUnits: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration in milliseconds: `250ms`, `30s`, `5m`, `1h`; a bare number is milliseconds. */
export const duration: Kind<number> = {
  form: '<duration>',
  wants: 'a duration such as 250ms, 30s or 5m',
  parse: (value) => scaled(value, durationUnits),
  print: (value) => inUnits(value, durationUnits),
};

const sizeUnits: Record<string, number> = { b: 1, kb: 1_024, mb: 1_048_576, gb: 1_073_741_824 };

/** A size in bytes: `64kb`, `10mb`; a bare number is bytes. */
export const size: Kind<number> = {
  form: '<size>',
  wants: 'a size such as 64kb or 10mb',
  parse: (value) => scaled(value.toLowerCase(), sizeUnits),
  print: (value) => inUnits(value, sizeUnits),
};

function scaled(value: string, units: Record<string, number>): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(value) ?? [];
  if (number === undefined) return undefined;
  const factor = unit === '' || unit === undefined ? 1 : units[unit];
  return factor === undefined ? undefined : Math.round(Number(number) * factor);
}

/** In the largest unit of which it is a whole number. */
function inUnits(value: number, units: Record<string, number>): string {
  const [unit = '', factor = 1] = Object.entries(units).findLast(([, it]) => value > 0 && value % it === 0) ?? [];
  return `${value / factor}${unit}`;
}

/** A list with commas between; empty parts are dropped. */
export function list<T>(item: Kind<T>): Kind<readonly T[]> {
  return {
    form: `${item.form},…`,
    ...(item.choices && { choices: item.choices }),
    parse(value) {
      const parts = value.split(',').flatMap((part) => (part.trim() === '' ? [] : [item.parse(part.trim())]));
      return parts.every((part) => part !== undefined) ? parts : undefined;
    },
  };
}
