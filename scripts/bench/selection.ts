/** What of a benchmark is asked for, by the environment. */

/** Whether a variable is absent, or names this among its values, which are parted by semicolons. */
export function chosen(variable: string, name: string): boolean {
  const wanted = process.env[variable];
  return wanted === undefined || wanted.split(';').some((part) => part.trim() === name);
}

/** A number that a variable may change. */
export const amount = (variable: string, usual: number): number => Number(process.env[variable] ?? usual);
