import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectionString } from '../connection-string.ts';

const cases: readonly (readonly [text: string, url: string | undefined])[] = [
  ['postgres://me:secret@db:5433/films?sslmode=require', 'postgres://me:secret@db:5433/films?sslmode=require'],
  ['host=db port=5433 user=me password=secret dbname=films', 'postgresql://me:secret@db:5433/films'],
  ["host = db user='a b' password='it\\'s' sslmode=require", "postgresql://a%20b:it's@db/?sslmode=require"],
  ['dbname=films', 'postgresql://localhost/films'],
  ['host=/var/run/postgresql dbname=films', undefined],
  ['films', undefined],
  ['host=db films', undefined],
  ["host='db", undefined],
  ['postgres://:bad port/', undefined],
  ['mysql://me:secret@db/films', undefined],
  ['postgres://me:100%secret@db/films', undefined],
  ['postgres://me:100%25secret@db/films', 'postgres://me:100%25secret@db/films'],
  ['postgres://me:se#cret@db/films', undefined],
  ['@/no/such/file', undefined],
];
test.each(cases)('%s', (text, url) => expect(connectionString.parse(text)).toBe(url));

test('a file holds it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hutch-config-'));
  try {
    writeFileSync(join(folder, 'uri'), 'host=db dbname=films\n');
    expect(connectionString.parse(`@${join(folder, 'uri')}`)).toBe('postgresql://db/films');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
