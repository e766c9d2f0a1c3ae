import { rangeShape } from './ranges.ts';
import type { ApiRequest, Payload, Preferences } from './types.ts';

/** Parts are behind NULs, which no text of a request has; see `QueryReader.shape`. */
export function requestShape(
  request: ApiRequest,
  headers: { get(name: string): string | null },
  query: string,
): string {
  const { action, preferences, range, payload } = request;
  const target =
    action.kind === 'read' || action.kind === 'mutate' ? action.relation : action.kind === 'call' ? action.routine : '';
  const rows = `${rangeShape(range)}${request.cursor === null ? '' : 'c'}`;
  const tags = `${headers.get('if-match') === null ? '' : 'm'}${headers.get('if-none-match') === null ? '' : 'n'}`;
  const head = `${request.method}\0${action.kind}\0${target}\0${request.schema}\0${rows}${tags}`;
  const types = `${headers.get('accept') ?? '*/*'}\0${request.contentType.kind}`;
  return `${head}\0${types}\0${preferenceShape(preferences)}\0${payloadShape(payload)}${query}`;
}

function preferenceShape(preferences: Preferences): string {
  const { resolution, return: returned, count, tx, missing, handling, deleted, delete: deletes, cursor } = preferences;
  const presence = `${preferences.timezone !== null}${preferences.maxAffected !== null}${preferences.unknown.length > 0}`;
  return `${resolution},${returned},${count},${tx},${missing},${handling},${deleted},${deletes},${cursor},${presence}`;
}

function payloadShape(payload: Payload | null): string {
  if (payload === null) return '';
  return 'keys' in payload ? payload.kind + JSON.stringify(payload.keys) : payload.kind;
}
