import { stringify } from 'yaml';
import type { PolicyRow } from '../../storage/policy-rows.ts';
import { contentToWire } from '../map-policy.ts';

/** The policies as a file, each with its id: read again it changes nothing (P8). */
export function policyFileText(rows: readonly PolicyRow[]): string {
  const policies = rows.map(({ id, content }) => {
    const { name, type, agent_id, environment, ...rest } = contentToWire(content);
    return {
      id,
      name,
      type,
      ...(agent_id === null ? {} : { agent_id }),
      ...(environment === null ? {} : { environment }),
      ...rest,
    };
  });
  // Text in one line: the SDKs read no other.
  const inOneLine = { lineWidth: 0, blockQuote: false } as const;
  const options = { schema: 'core', aliasDuplicateObjects: false, ...inOneLine } as const;
  return stringify({ version: 1, policies }, options);
}
