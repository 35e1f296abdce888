import type { Random } from './random.ts';

/** What an agent is asked for, without for whom: such as "Review the open invoice". */
export function taskOf(random: Random): string {
  const [verb, adjective, object] = [
    random.pick(verbs),
    random.pick(adjectives),
    random.pick(objects),
  ];
  return `${verb} the ${adjective} ${object}`;
}

const verbs = [
  'Summarise',
  'Answer',
  'Review',
  'Translate',
  'Classify',
  'Compare',
  'Draft',
  'Find',
];
const adjectives = [
  'weekly',
  'open',
  'latest',
  'urgent',
  'disputed',
  'quarterly',
  'missing',
  'new',
];
const objects = [
  'sales report',
  'billing ticket',
  'pull request',
  'contract',
  'invoice',
  'incident',
];
