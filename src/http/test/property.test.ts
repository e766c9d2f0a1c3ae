import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { eachEngine } from '../../rest/test/app.ts';
import { faultOf } from './answer.ts';
import { anyRequest } from './arbitrary.ts';
import { wholeApp } from './whole-app.ts';

/** Requests to each engine: a million between them where there is time. */
const RUNS = process.env.HUTCH_TEST_LONG === undefined ? 1_000 : 500_000;

const kinds = readFileSync(new URL('./kinds.sql', import.meta.url), 'utf8');

eachEngine(
  'any request',
  (bench) => {
    test(
      'gets an answer of the dialect, soon, and never a 500',
      async () => {
        const { app } = await wholeApp(bench().driver);
        const answered = fc.asyncProperty(anyRequest, async (request) => {
          expect(await faultOf(app, request)).toBe('');
        });
        await fc.assert(answered, { numRuns: RUNS });
      },
      RUNS * 100,
    );
  },
  kinds,
);
