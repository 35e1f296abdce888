import { describe, expect, test } from 'vitest';
import { commandOf, emptyFields, type FieldValues } from './read-fields.ts';

type Case = readonly [Parameters<typeof commandOf>[0], Partial<FieldValues>, unknown];

const good: readonly Case[] = [
  ['pause', {}, { command: 'pause', args: { max_seconds: 3_600 }, scope: 'session' }],
  ['pause', { minutes: '0.5' }, { command: 'pause', args: { max_seconds: 30 }, scope: 'session' }],
  ['resume', { wholeTree: true }, { command: 'resume', args: {}, scope: 'tree' }],
  [
    'abort',
    { reason: ' loops ' },
    { command: 'abort', args: { reason: 'loops' }, scope: 'session' },
  ],
  ['limit', { costUsd: '$0.5' }, { command: 'limit', args: { cost_usd: 0.5 }, scope: 'session' }],
  ['limit', { steps: '40' }, { command: 'limit', args: { steps: 40 }, scope: 'session' }],
  ['model', { model: ' small ' }, { command: 'model', args: { model: 'small' }, scope: 'session' }],
  ['end', {}, { command: 'end', args: {}, scope: 'session' }],
];

const bad: readonly Case[] = [
  ['pause', { minutes: '' }, 'A pause lasts up to 1440 minutes'],
  ['pause', { minutes: '1441' }, 'A pause lasts up to 1440 minutes'],
  ['pause', { minutes: 'long' }, 'A pause lasts up to 1440 minutes'],
  ['limit', {}, 'Give a cost, or a number of steps'],
  ['limit', { costUsd: '-1' }, 'The cost is a number of USD'],
  ['limit', { costUsd: 'ten' }, 'The cost is a number of USD'],
  ['limit', { steps: '1.5' }, 'Steps are a whole number'],
  ['model', { model: ' ' }, 'Name the model'],
];

describe('commandOf()', () => {
  test.each(good)('%s with %o can be given (G3)', (command, fields, expected) => {
    expect(commandOf(command, { ...emptyFields, ...fields })).toEqual({ ok: true, body: expected });
  });

  test.each(bad)('%s with %o cannot: %s (G3)', (command, fields, expected) => {
    const read = commandOf(command, { ...emptyFields, ...fields });
    expect(read).toEqual({ ok: false, problem: expected });
  });
});
