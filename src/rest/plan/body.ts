import type { Payload } from '../parse/types.ts';

/** Whether a JSON body is one object rather than a list; Postgres checks the rest when it reads it. */
export function isObjectText(payload: Payload | null): boolean {
  return payload !== null && 'text' in payload && /^[ \t\n\r]*\{/.test(payload.text);
}
