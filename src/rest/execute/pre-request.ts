import type { Statement } from '../../db/index.ts';
import { qualified } from '../compile/sql.ts';
import type { RestSettings } from '../settings.ts';

/** The call of `db-pre-request`, where there is one: it runs first in every transaction. */
export const preRequest = ({ preRequest: name }: RestSettings): readonly Statement[] =>
  name === null ? [] : [{ text: `select ${qualified(name)}()` }];
