import { atTurn, unpricedModel, type Run, type Step } from '../plan.ts';

/** Answers a question from several sources; sources fail, and it goes on without them. */
export function researchAgent(turn: number): Run {
  const question = atTurn(questions, turn);
  const sources = Array.from({ length: 3 + (turn % 3) }, (_each, index) => index);
  return {
    agentId: 'research-agent',
    goal: question,
    agentVersion: '0.9.2',
    userId: 'analyst-3',
    tags: { team: 'research' },
    steps: [
      {
        does: 'call',
        seconds: 2.6,
        model: 'gpt-5',
        prompt: `Plan the research: ${question}`,
        answer: `1. Find ${sources.length} sources. 2. Read them. 3. Compare. 4. Answer with citations.`,
        inputTokens: 640,
        outputTokens: 310,
      },
      {
        does: 'decide',
        choice: `read ${sources.length} sources`,
        options: ['answer from memory', `read ${sources.length} sources`],
        reason: 'The question asks for figures that change.',
      },
      ...sources.flatMap((index) => readSource(turn, index)),
      ...(turn % 3 === 0 ? [rankSources(sources.length)] : []),
      {
        does: 'call',
        seconds: 6.2,
        model: 'claude-sonnet-4-5',
        prompt: `Compare the sources and answer: ${question}`,
        answer: 'Two sources agree on the figure; the third quotes a preliminary release.',
        inputTokens: 9800 + turn * 10,
        outputTokens: 720,
        cachedTokens: 4096,
      },
    ],
    metrics: {
      goal_completed: turn % 6 !== 5,
      score: 0.6 + (turn % 5) * 0.07,
      sources: sources.length,
    },
  };
}

/** The organisation's own model has no public price: what it costs is unknown, not nothing. */
function rankSources(sources: number): Step {
  return {
    does: 'call',
    seconds: 1.3,
    model: unpricedModel,
    prompt: `Rank ${sources} sources by how well they answer the question.`,
    answer: Array.from({ length: sources }, (_each, index) => index + 1).join(', '),
    inputTokens: 900 * sources,
    outputTokens: 12,
  };
}

function readSource(turn: number, index: number): readonly Step[] {
  const url = `https://example.com/report-${(turn * 7 + index) % 40}`;
  const search: Step = {
    does: 'use',
    seconds: 0.9,
    tool: 'search_web',
    input: { query: atTurn(questions, turn), page: index + 1 },
    output: { results: [{ url, title: `Report ${index + 1}` }] },
  };
  if ((turn + index) % 4 === 3) return [search, atTurn(failures, turn + index)];
  return [
    search,
    {
      does: 'use',
      seconds: 3.4,
      tool: 'read_page',
      input: { url },
      output: `${atTurn(facts, turn + index)} …`,
    },
    {
      does: 'call',
      seconds: 2.1,
      model: 'gemini-2.5-flash',
      prompt: `What does this page say about it?\n\n${atTurn(facts, turn + index)}`,
      answer: atTurn(facts, turn + index),
      inputTokens: 3100 + index * 420,
      outputTokens: 120,
    },
  ];
}

const failures = [
  {
    does: 'fail',
    seconds: 10,
    kind: 'timeout',
    message: 'read_page: no answer within 10 s',
    exceptionType: 'TimeoutError',
    tool: 'read_page',
  },
  {
    does: 'fail',
    seconds: 0.3,
    kind: 'not_found',
    message: 'read_page: 404 Not Found',
    exceptionType: 'HTTPError',
    tool: 'read_page',
  },
] as const;

const questions = [
  'How much did grid batteries cost per kWh in 2025?',
  'Which countries publish monthly wage data?',
  'What changed in the EU rules on packaging this year?',
  'How many container ships were ordered last quarter?',
] as const;

const facts = [
  'Prices fell by a fifth within a year, mostly because of cheaper cells.',
  'The statistics office publishes the series on the tenth working day of the month.',
  'The rule applies to packaging placed on the market from August on.',
  'Orders rose to 118 ships, the most since the spring of 2021.',
] as const;
