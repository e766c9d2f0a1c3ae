import type { Driver } from '../../db/driver.ts';

const SCRIPT = new URL('./help-desk.sql', import.meta.url);

/**
 * Fills an empty demo database: 4 organizations, 60 people, 320 tickets and what belongs to them, always the same rows, in
 * one transaction. Does nothing where there are users already.
 * @returns whether it filled the database
 */
export async function seedHelpDesk(driver: Driver): Promise<boolean> {
  const script = await Bun.file(SCRIPT).text();
  return driver.transaction(async (tx) => {
    const { rows } = await tx.query({ text: 'select exists (select from users)', prepare: false });
    if (rows[0]?.[0] === 't') return false;
    await tx.script(script);
    return true;
  });
}
