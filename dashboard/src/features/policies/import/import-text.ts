import type { PolicyImport } from '@niitaka/protocol/policy-import.ts';
import { formatNoun } from '../../../lib/format-count.ts';

type Counts = Pick<PolicyImport, 'created' | 'updated' | 'unchanged' | 'untouched'>;

/** What a file does to the policies, as one sentence: "Makes 2 policies; 3 policies not in the file, kept." */
export function importText({ created, updated, unchanged, untouched }: Counts): string {
  const acts = [
    ...(created > 0 ? [`makes ${policies(created)}`] : []),
    ...(updated > 0 ? [`changes ${policies(updated)}`] : []),
  ];
  const rest = [
    ...(unchanged > 0 ? [`${policies(unchanged)} already as in the file`] : []),
    ...(untouched > 0 ? [`${policies(untouched)} not in the file, kept`] : []),
  ];
  const text = acts.length === 0 ? 'changes nothing' : acts.join(' and ');
  const whole = [text, ...rest].join('; ');
  return `${whole.charAt(0).toUpperCase()}${whole.slice(1)}.`;
}

function policies(count: number): string {
  return formatNoun(count, 'policy', 'policies');
}
