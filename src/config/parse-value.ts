import { didYouMean, HutchError } from '../errors/index.ts';
import type { Kind } from './kinds.ts';

/**
 * The value of a setting that `source` gives as `raw`. A secret's text is not repeated.
 * @throws HutchError `config_invalid_value`, naming the setting, its form and the nearest right value.
 */
export function parseValue(
  { kind, secret }: { readonly kind: Kind<unknown>; readonly secret?: boolean },
  raw: string,
  source: string,
): unknown {
  const value = kind.parse(raw);
  if (value !== undefined) return value;
  throw new HutchError('config_invalid_value', {
    message: `Invalid value for ${source}${secret ? '' : `: "${raw}"`}`,
    details: `${source} takes ${kind.wants ?? kind.form}`,
    hint: kind.choices ? didYouMean(raw, kind.choices) : null,
    field: source,
  });
}
