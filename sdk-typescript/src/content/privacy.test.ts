import { describe, expect, test } from 'vitest';
import { decision, startSession, testing, tool } from '../index.ts';

const look = tool('look', async (query: string) => `${query} found`);

/** One run that hands over everything a program can. */
async function runAgent(): Promise<void> {
  const options = {
    goal: 'the goal',
    userId: 'the user',
    tags: { t: 'the tag' },
    metadata: { m: 'the plan' },
  };
  const failing = startSession(options, async (session) => {
    await look('the argument');
    session.event('log', { name: 'the name', data: { message: 'the data' } });
    decision('the choice', { reason: 'the reason' });
    throw new Error('the message');
  });
  await expect(failing).rejects.toThrow('the message');
}

const named = ['goal', 'user', 'tag', 'plan', 'name', 'data', 'choice', 'reason', 'message'];

describe('what is sent', () => {
  test('without captureContent: what is handed over by name, no arguments and answers', async () => {
    using captured = testing.capture();
    await runAgent();
    const text = JSON.stringify(captured.records);
    for (const each of named) expect(text).toContain(`"the ${each}"`);
    expect(text).not.toContain('the argument');
  });

  test('with captureContent: those as well', async () => {
    using captured = testing.capture({ captureContent: true });
    await runAgent();
    expect(captured.events('tool')[0]?.['data']).toEqual({
      input: 'the argument',
      output: 'the argument found',
    });
  });

  test('redact() sees all of it, and what it hides is nowhere', async () => {
    const seen = new Map<string, unknown>();
    const redact = (path: string, value: unknown) => {
      seen.set(path, value);
      return typeof value === 'string' ? value.replaceAll('the ', 'a ') : value;
    };
    using captured = testing.capture({ captureContent: true, redact });
    await runAgent();
    expect(JSON.stringify(captured.records)).not.toContain('the ');
    expect([...seen.keys()]).toEqual(
      expect.arrayContaining([
        'goal',
        'user_id',
        'tags.t',
        'metadata.m',
        'name',
        'data.input',
        'data.output',
        'data.message',
        'data.choice',
        'data.reason',
      ]),
    );
  });

  test('a redactor that throws drops the value, not the record, and is told once', async () => {
    const redact = (path: string, value: unknown) => {
      if (path === 'data.message') throw new Error('the secret itself');
      return value;
    };
    using captured = testing.capture({ redact });
    await runAgent();
    const told = captured.events().map(({ data }) => (data as { message?: string }).message);
    expect(told.filter((text) => text !== undefined)).toEqual([
      '[redaction failed]',
      '[redaction failed]',
    ]);
    expect(captured.warnings).toEqual([
      'redact() failed: the value was left out, its record is sent without it.',
    ]);
    expect(JSON.stringify(captured)).not.toContain('the secret itself');
  });
});
