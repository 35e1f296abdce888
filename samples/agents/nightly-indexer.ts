import { atTurn, type Run, type Step } from '../plan.ts';

/** Goes through a whole collection of documents: one long run with many events. */
export function nightlyIndexer(turn: number, documents: number): Run {
  return {
    agentId: 'nightly-indexer',
    goal: `Index the ${atTurn(collections, turn)} collection (${documents} documents)`,
    agentVersion: '1.0.7',
    tags: { team: 'platform' },
    steps: [
      { does: 'log', message: `Found ${documents} documents to index` },
      ...Array.from({ length: documents }, (_each, index) => indexDocument(turn, index)).flat(),
    ],
    metrics: { goal_completed: true, score: 1, documents },
  };
}

function indexDocument(turn: number, index: number): readonly Step[] {
  const path = `${atTurn(collections, turn)}/${String(index).padStart(4, '0')}.md`;
  const read: Step = {
    does: 'use',
    seconds: 0.2,
    tool: 'read_document',
    input: { path },
    output: { characters: 3000 + ((index * 37) % 900) },
  };
  if (index % 60 === 59)
    return [read, { ...tooLong, message: `${path} is too long for the model` }];
  return [
    read,
    {
      does: 'call',
      seconds: 1.1,
      model: index % 2 === 0 ? 'gpt-4o-mini' : 'gemini-2.5-flash',
      prompt: `Give keywords and a one-line summary of ${path}.`,
      answer: `keywords: ${atTurn(collections, index)}, ${index % 12}; a page about ${atTurn(collections, turn)}.`,
      inputTokens: 1100 + ((index * 53) % 700),
      outputTokens: 60,
    },
  ];
}

const tooLong = {
  does: 'fail',
  seconds: 0.3,
  kind: 'context_length',
  exceptionType: 'BadRequestError',
  model: 'gpt-4o-mini',
} as const;

const collections = ['handbook', 'contracts', 'support-articles', 'release-notes'] as const;
