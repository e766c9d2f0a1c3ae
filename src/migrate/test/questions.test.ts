import { describe, expect, test } from 'bun:test';
import type { KitGone, KitQuestion } from '../kit/kit-protocol.ts';
import { answer } from '../kit/questions.ts';
import { rejection } from './rejection.ts';

const renamed: KitQuestion = { type: 'rename_or_create', kind: 'column', entity: ['public', 'users', 'full_name'] };
const gone: readonly KitGone[] = [
  { kind: 'column', entity: ['public', 'users', 'name'] },
  { kind: 'column', entity: ['public', 'teams', 'title'] },
  { kind: 'table', entity: ['public', 'old'] },
];

describe('questions of a change', () => {
  test('a rename flag answers', async () => {
    const answers = await answer([renamed], gone, { renames: ['users.name=users.full_name'] });
    expect(answers).toEqual([
      { type: 'rename', kind: 'column', from: ['public', 'users', 'name'], to: ['public', 'users', 'full_name'] },
    ]);
  });

  test('names may be written in full', async () => {
    const answers = await answer([renamed], gone, { renames: ['public.users.name=public.users.full_name'] });
    expect(answers[0]?.type).toBe('rename');
  });

  test('a wrong name gets the nearest right one', async () => {
    const failing = answer([renamed], gone, { renames: ['users.nam=users.full_name'] });
    expect(await rejection(failing)).toMatchObject({
      code: 'migrate_questions',
      hint: 'Did you mean users.name=users.full_name?',
    });
  });

  test('what is not from=to is refused', async () => {
    expect(await rejection(answer([renamed], gone, { renames: ['users.name'] }))).toMatchObject({
      message: 'A rename is written from=to',
    });
  });

  test('without flags and people, the flags are told', async () => {
    expect(await rejection(answer([renamed], gone, {}))).toMatchObject({
      details: 'Say which is meant: --rename users.name=users.full_name or --create users.full_name.',
    });
  });

  test('with nothing it could come from, it is new', async () => {
    expect(await answer([renamed], [], {})).toEqual([{ type: 'create', kind: 'column', entity: renamed.entity }]);
  });

  test('a person is asked with the candidates of the same table', async () => {
    const asked: unknown[] = [];
    const answers = await answer([renamed], gone, {
      ask: async (question) => {
        asked.push(question);
        return 'users.name';
      },
    });
    expect(asked).toEqual([{ kind: 'rename', what: 'column', name: 'users.full_name', candidates: ['users.name'] }]);
    expect(answers[0]?.type).toBe('rename');
  });

  test('a loss is only taken when it is named or agreed to', async () => {
    const loss: KitQuestion = {
      type: 'confirm_data_loss',
      kind: 'table',
      entity: ['public', 'old'],
      reason: 'non_empty',
    };
    expect(await rejection(answer([loss], [], {}))).toMatchObject({
      details: 'Say which is meant: --accept-loss old.',
    });
    expect(await answer([loss], [], { losses: ['old'] })).toEqual([
      { type: 'confirm_data_loss', kind: 'table', entity: ['public', 'old'] },
    ]);
    expect(await rejection(answer([loss], [], { ask: async () => false }))).toMatchObject({
      code: 'migrate_questions',
    });
  });
});
