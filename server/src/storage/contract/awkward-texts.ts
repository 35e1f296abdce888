import { goalWords, searchWords } from '@niitaka/core/text/goal-words.ts';
import type { SessionFilter } from '@niitaka/core/session/session-filter.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { iso, noonMs, sessionId, start, testOrgId } from '../../testing/records.ts';
import { allPages, type ReadStore } from './session-reads.ts';

/** Texts that a query which is not careful takes for another, or for a part of itself. */
const awkward = [
  'a',
  'A',
  'a ',
  'aa',
  'a%',
  'a_',
  '%',
  '_',
  "a'b",
  'a"b',
  'a\\b',
  'a\\\\b',
  'a,b',
  'a|b',
  '{a}',
  '$1',
  '?',
  ':a',
  '@a',
  '--',
  "'; DROP TABLE sessions; --",
  'null',
  'NULL',
  'true',
  '0',
  '00',
  '1e3',
  '1000',
  'é',
  'e\u0301',
  'É',
  'ß',
  'ss',
  'İ',
  'i̇',
  '東京',
  '😀',
  '👩‍👩‍👧',
  '\u200b',
  '\uffff',
  'x'.repeat(100),
];
const numbers = awkward.map((_, index) => index + 1);

/** Goals of many scripts, to be found by the beginnings of their words. */
const goals = [
  'Straße nach ÅNGSTRÖM',
  'STRASSE und angstrom',
  'हिन्दी में खोज',
  'がギグ パーティー',
  '東京都に行く。京都も',
  'ＦＵＬＬ width ﬁne',
  'Ελληνικά ΣΊΣΥΦΟΣ',
  'русский Ёлка',
  'עברית שלום',
  'العربية مُحَمَّد',
  'don\'t OR NOT (near) "quoted" AND*',
  'C++ c# .net 3.14 1,000 v2-beta',
  'a😀b 😀 family👩‍👩‍👧',
  'tab\tnew\nline\u00a0space',
  'İstanbul ısparta',
  'contractorsunion contractors contract',
  '%_\\ percent%under_score',
];
const goalNumbers = goals.map((_, index) => 1_000 + index);

/** What people write is taken as it is: every engine finds exactly what has that text, and no more. */
export function awkwardTextContract(
  open: (nowMs: number, orgIds: readonly string[]) => Promise<ReadStore>,
): void {
  describe('awkward texts', () => {
    let store: ReadStore;
    beforeAll(async () => {
      store = await open(noonMs, []);
      await store.ingest(awkward.map((text, index) => startWith(text, numbers[index] ?? 0)));
      await store.ingest(goals.map((goal, index) => start(goalNumbers[index] ?? 0, { goal })));
    });
    afterAll(() => store.close());

    const found = async (filter: SessionFilter) =>
      (await allPages(store.reader, testOrgId, filter, 'started_at', 7)).map(({ id }) => id);

    test.each<[string, (text: string) => SessionFilter]>([
      ['agent', (text) => ({ agentIds: [text] })],
      ['environment', (text) => ({ environments: [text] })],
      ['experiment', (text) => ({ experimentIds: [text] })],
      ['variant', (text) => ({ variants: [text] })],
      ['user', (text) => ({ userIds: [text] })],
      ['conversation', (text) => ({ conversationIds: [text] })],
      ['tag', (text) => ({ tag: { key: 'k', value: text } })],
    ])('a filter by %s finds the session with that very text (S1, S11)', async (_, filterOf) => {
      for (const [index, text] of awkward.entries()) {
        expect([text, await found(filterOf(text))]).toEqual([text, [sessionId(index + 1)]]);
      }
      expect(await found(filterOf('absent'))).toEqual([]);
    });

    test('tags are told apart by every character of their key (S1)', async () => {
      const keys = ['key', 'KEY', 'key_', 'key.', 'key-', 'keyy', '_', '.'];
      const ids = keys.map((_, index) => sessionId(2_000 + index));
      await store.ingest(keys.map((key, index) => start(2_000 + index, { tags: { [key]: 'v' } })));
      for (const [index, key] of keys.entries()) {
        expect([key, await found({ tag: { key, value: 'v' } })]).toEqual([key, [ids[index]]]);
        expect(await found({ tag: { key, value: 'V' } })).toEqual([]);
      }
    });

    test('several texts at once find all of theirs, in order (S11)', async () => {
      const some = fc.shuffledSubarray([...awkward.keys()], { minLength: 2, maxLength: 6 });
      await fc.assert(
        fc.asyncProperty(some, async (indexes) => {
          const ids = indexes.toSorted((a, b) => a - b).map((index) => sessionId(index + 1));
          const texts = indexes.map((index) => awkward[index] ?? '');
          expect(await found({ agentIds: texts })).toEqual(ids);
          const { sessions } = await store.reader.rangeTotals(
            testOrgId,
            { environments: texts },
            noonMs,
          );
          expect(sessions).toBe(texts.length);
        }),
        { numRuns: 12 },
      );
    });

    test('agents are listed once each, page by page, under the very id they gave (A1)', async () => {
      const listed: string[] = [];
      for (let afterId: string | null = null; ; afterId = listed.at(-1) ?? null) {
        const request = { afterId, limit: 4, includesArchived: false };
        const page = await store.reader.agents(testOrgId, request);
        listed.push(...page.map(({ id }) => id));
        if (page.length === 0) break;
      }
      expect(listed.toSorted()).toEqual(awkward.toSorted());
      const request = { agentIds: awkward, range: {}, bucketMs: 3_600_000, durations: 5 };
      for (const { agentId, running, cells } of await store.reader.agentFigures(
        testOrgId,
        request,
      )) {
        expect([agentId, running, cells.map(({ sessions }) => sessions)]).toEqual([
          agentId,
          1,
          [1],
        ]);
      }
    });

    test.each(goals)(
      'goal %j is found by every beginning of its words, with those it shares them with (S11)',
      async (goal) => {
        for (const word of goalWords(goal).split(' ')) {
          for (const length of [1, 8, 9]) {
            const words = [[...word].slice(0, length).join('')];
            const expected = goalNumbers.filter((_, index) => matches(goals[index] ?? '', words));
            const ids = await found({ words });
            expect([words, ids]).toEqual([words, expected.map(sessionId)]);
          }
        }
      },
    );

    test('whatever is typed is no error, and finds what has all its words (S11)', async () => {
      const piece = fc.constantFrom(
        ...goals.flatMap((goal) => goal.split(' ')),
        '"',
        '*',
        '(',
        'AND',
        ':',
        '-',
      );
      const typed = fc.oneof(
        fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(' ')),
        fc.string({ unit: 'grapheme', maxLength: 12 }),
      );
      await fc.assert(
        fc.asyncProperty(typed, async (text) => {
          const words = searchWords(text);
          const expected = goalNumbers.filter((_, index) => matches(goals[index] ?? '', words));
          const ids = await found({ words });
          expect(ids.filter((id) => goalNumbers.map(sessionId).includes(id))).toEqual(
            expected.map(sessionId),
          );
          expect(await store.reader.estimateSessions(testOrgId, { words }, noonMs)).toBe(
            ids.length,
          );
        }),
        { numRuns: 40 },
      );
    });
  });
}

function matches(goal: string, words: readonly string[]): boolean {
  const known = goalWords(goal).split(' ');
  return words.length > 0 && words.every((word) => known.some((one) => one.startsWith(word)));
}

function startWith(text: string, number: number): object {
  return start(number, {
    started_at: iso(noonMs - 100_000 + number),
    agent_id: text,
    environment: text,
    experiment_id: text,
    variant: text,
    user_id: text,
    conversation_id: text,
    tags: { k: text },
  });
}
