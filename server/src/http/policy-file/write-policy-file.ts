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
  return stringify({ version: 1, policies }, { schema: 'core', aliasDuplicateObjects: false });
}
