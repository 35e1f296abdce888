import { atTurn, type Run } from '../plan.ts';

/** Routes a support ticket and has one or two drafters answer it. */
export function supportRouter(turn: number): Run {
  const ticket = atTurn(tickets, turn);
  const input = 900 + (turn % 7) * 140;
  return {
    agentId: 'support-router',
    goal: `Answer ticket ${4100 + turn}: ${ticket.subject.toLowerCase()}`,
    agentVersion: '1.4.0',
    userId: ticket.customer,
    conversationId: `ticket-${4100 + turn}`,
    tags: { team: 'support', channel: atTurn(['email', 'chat'], turn) },
    steps: [
      {
        does: 'use',
        seconds: 0.4,
        tool: 'fetch_ticket',
        input: { ticket_id: 4100 + turn },
        output: { customer: ticket.customer, subject: ticket.subject, body: ticket.body },
      },
      {
        does: 'call',
        seconds: 1.8,
        model: 'gpt-5-mini',
        prompt: `Which queues does this ticket belong to?\n\n${ticket.body}`,
        answer: JSON.stringify({ queues: ticket.queues, urgency: atTurn(['low', 'high'], turn) }),
        inputTokens: input,
        outputTokens: 64,
        cachedTokens: Math.floor(input * 0.6),
      },
      {
        does: 'decide',
        choice: ticket.queues.join(' and '),
        options: ['billing', 'technical', 'account'],
        reason: `The customer writes about ${ticket.subject.toLowerCase()}.`,
      },
      {
        does: 'delegate',
        runs: ticket.queues.map((queue, index) => replyDrafter(turn, queue, index)),
      },
      {
        does: 'use',
        seconds: 0.6,
        tool: 'send_reply',
        input: { ticket_id: 4100 + turn },
        output: { sent: true },
      },
    ],
    metrics: { goal_completed: turn % 9 !== 8, score: 0.7 + (turn % 4) * 0.08 },
  };
}

/** Drafts one reply; now and then the model is overloaded and asked again. */
function replyDrafter(turn: number, queue: string, index: number): Run {
  const ticket = atTurn(tickets, turn);
  const isBusy = (turn + index) % 5 === 4;
  const article = { title: `${queue}: frequent questions`, score: 0.91 };
  return {
    agentId: 'reply-drafter',
    goal: `Draft the ${queue} reply to ticket ${4100 + turn}`,
    agentVersion: '2.1.0',
    userId: ticket.customer,
    conversationId: `ticket-${4100 + turn}`,
    tags: { team: 'support' },
    steps: [
      {
        does: 'use',
        seconds: 3.2,
        tool: 'search_articles',
        input: { queue, query: ticket.subject },
        output: { articles: [article] },
      },
      ...(isBusy ? [busy] : []),
      {
        does: 'call',
        seconds: 3.5 + index,
        model: 'claude-sonnet-4-5',
        prompt: `Answer politely and briefly.\n\n${ticket.body}\n\nArticle: ${article.title}`,
        answer: ticket.reply,
        inputTokens: 2400 + (turn % 5) * 180,
        outputTokens: 210,
        cachedTokens: 1800,
      },
    ],
    metrics: { goal_completed: true, score: 0.82 },
  };
}

const busy = {
  does: 'fail',
  seconds: 1.2,
  kind: 'rate_limit',
  message: 'Number of requests has exceeded your per-minute rate limit',
  exceptionType: 'RateLimitError',
  model: 'claude-sonnet-4-5',
} as const;

const tickets = [
  {
    customer: 'acme',
    subject: 'Invoice charged twice',
    body: 'Hello, we were charged twice for October. Please refund the second payment.',
    queues: ['billing'],
    reply: 'Thank you for telling us. The second payment was refunded today.',
  },
  {
    customer: 'globex',
    subject: 'Login fails after password reset',
    body: 'Since I reset my password I only see "invalid session". Clearing cookies does not help.',
    queues: ['technical', 'account'],
    reply: 'Please sign in once in a private window; your old sessions have been ended.',
  },
  {
    customer: 'initech',
    subject: 'Change the billing address',
    body: 'Our company moved. How do I change the address on future invoices?',
    queues: ['billing', 'account'],
    reply: 'You find the address under Settings → Billing. I have also noted it for you.',
  },
  {
    customer: 'hooli',
    subject: 'Export stops at 10,000 rows',
    body: 'The CSV export ends at exactly 10,000 rows although the filter shows 48,211.',
    queues: ['technical'],
    reply: 'That limit was lifted last week. Please try the export again.',
  },
] as const;
