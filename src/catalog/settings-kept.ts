import { pattern, trees } from './own-code.ts';

/**
 * Whether code that lies in the database sets something for longer than its transaction: on a pooled connection the next caller would see
 * it. What can't be seen (SQL that is made, other languages) is taken not to.
 */

/** At the beginning of a statement, where comments are gone: `SET` of an UPDATE stands elsewhere. */
const SET = '(^|;|\\m(begin|then|else|loop)\\M)\\s*set\\s+(?!(local|constraints|transaction)\\M)';
const COMMENT = '--[^\\n]*|/\\*.*?\\*/';
const LOCALLY = '(,|=>|:=)\\s*true\\s*\\)';
/** In a node tree: a constant that is false. */
const FALSE = ':consttype 16 [^{}]*:constvalue 1 \\[ 0 ';

const times = (what: string): string => `(SELECT count(*) FROM regexp_matches(body, ${pattern(what)}, 'gi'))`;

/** True or false. Refers to `calls` and `bodies`. Node trees are read again only where one calls `set_config()`. */
export const settingsKept = `
  SELECT EXISTS (
    SELECT FROM bodies WHERE language IN ('sql', 'plpgsql') AND body ~* ${pattern('\\m(set|set_config)\\M')}
      AND (${times('\\mset_config\\s*\\(')} > ${times(LOCALLY)} OR regexp_replace(body, ${pattern(COMMENT)}, ' ', 'g') ~* ${pattern(SET)})
  ) OR EXISTS (
    SELECT FROM calls c JOIN pg_proc p ON p.oid::text = c.function
    WHERE p.prosrc = 'set_config_by_name'
      AND EXISTS (SELECT FROM (${trees}) t WHERE strpos(t.tree, 'funcid ' || c.function || ' ') > 0 AND t.tree ~ ${pattern(FALSE)})
  )`;
