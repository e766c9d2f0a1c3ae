import { LRUCache } from 'lru-cache';
import type { Logger } from '../../http/logger.ts';
import { levelOf, type RequestObserver } from '../../http/request-log.ts';
import type { ReadRouting } from './read-routing.ts';

/** Requests whose statements are remembered until they end. */
const UNDER_WAY = 1_000;
/** Statements of one that are remembered: a batch may have thousands, and what has the label of no request never ends. */
const STATEMENTS = 1_000;

/**
 * The SQL of each request that is logged, at its level and without its values (`log-query`): statements are kept until the request's
 * status says how loud it is. Returns who is to be told of requests.
 */
export function queryLog(reads: Pick<ReadRouting, 'observe'>, log: Logger): RequestObserver {
  const underWay = new LRUCache<string, string[]>({ max: UNDER_WAY });
  reads.observe(({ label, text }) => {
    if (label === undefined) return;
    const texts = underWay.get(label);
    if (texts === undefined) underWay.set(label, [text]);
    else if (texts.length < STATEMENTS) texts.push(text);
  });
  return ({ id, status }) => {
    const texts = underWay.get(id) ?? [];
    underWay.delete(id);
    for (const text of texts) log[levelOf(status, true)]({ id }, text);
  };
}
