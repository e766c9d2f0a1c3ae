import { describe, expect, test } from 'bun:test';
import { codes, didYouMean, HutchError, isHutchError, nearest } from '../index.ts';

describe('the nearest right name', () => {
  const names = ['title', 'status', 'created_at', 'port', 'prot_key'];
  const cases = [
    { wrong: 'titel', near: 'title' },
    { wrong: 'STATUS', near: 'status' },
    { wrong: 'createdAt', near: 'created_at' },
    { wrong: 'prot', near: 'port' },
    { wrong: 'entirely different', near: undefined },
    { wrong: '', near: undefined },
  ];
  test.each(cases)('$wrong → $near', ({ wrong, near }) => {
    expect(nearest(wrong, names)).toBe(near);
    expect(didYouMean(wrong, names)).toBe(near === undefined ? null : `Did you mean ${near}?`);
  });
});

describe('an error', () => {
  test('has the dialect’s shape, and keeps its cause to itself', () => {
    const error = new HutchError('body_too_large', { details: 'The limit is 1 byte', cause: new Error('secret') });
    expect(isHutchError(error)).toBe(true);
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'body_too_large',
      details: 'The limit is 1 byte',
      hint: null,
      message: 'The request body is too large',
    });
    expect(error.status).toBe(413);
  });

  test.each(Object.entries(codes))('%s has a status and a message', (_code, { status, message }) => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(message).not.toBe('');
  });
});
