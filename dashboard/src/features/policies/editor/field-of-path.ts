import type { FormField } from './policy-form.ts';

const fields: Readonly<Record<string, FormField>> = {
  type: 'type',
  name: 'name',
  agent_id: 'agent',
  environment: 'environment',
  priority: 'priority',
  scope: 'scope',
  mode: 'mode',
  'condition.cost_exceeded': 'costUsd',
  'condition.steps_exceeded': 'steps',
  'condition.on_errors': 'onErrors',
  'action.type': 'limitAction',
  'action.max_retries': 'maxRetries',
  'action.backoff': 'backoff',
  'action.base_seconds': 'baseSeconds',
  'action.max_seconds': 'maxSeconds',
  'action.fallback_model': 'model',
};

/** The field of the editor that a path of the API is about, also within a list; null where there is none. */
export function fieldOfPath(path: string): FormField | null {
  const parts = path.split('.');
  return fields[path] ?? fields[parts.slice(0, 2).join('.')] ?? null;
}
