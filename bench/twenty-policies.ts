const scopes = ['session', 'tree', 'day'] as const;

/** Ten policies for all agents, as the API takes them. With the ten of an agent's own they are five of each type. */
export function sharedPolicies(): readonly object[] {
  return halfOf(0);
}

/** Ten policies of one agent. */
export function ownPolicies(agentId: string): readonly object[] {
  return halfOf(1).map((policy) => ({ ...policy, agent_id: agentId }));
}

/** No limit is reached and no failure of the load is meant: each is asked to its end, and nothing is written. */
function halfOf(half: 0 | 1): readonly object[] {
  const on = { on_errors: ['content_filter', 'context_length'] };
  return Array.from({ length: 5 }, (_, n) => {
    const priority = n % 3;
    const limit = { scope: scopes[n % 3], priority, action: { type: n < 2 ? 'warn' : 'abort' } };
    return [
      { ...limit, type: 'cost_limit', condition: { cost_exceeded: 1e6 + n } },
      { ...limit, type: 'step_limit', condition: { steps_exceeded: 9e8 + n } },
      { type: 'retry', condition: on, action: { max_retries: 3 }, priority },
      { type: 'fallback', condition: on, action: { fallback_model: 'gpt-5-mini' }, priority },
    ].filter((_policy, kind) => (n + kind) % 2 === half);
  }).flat();
}
