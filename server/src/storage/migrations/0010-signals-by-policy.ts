/** When a policy last warned or stopped somebody, whatever its revision was then (P2). */
export const signalsByPolicy = {
  number: 10,
  name: 'signals-by-policy',
  sqlite: `
CREATE INDEX signals_policy ON signals (org_id, subject_id, policy_id, action, occurred_at) WHERE type = 'guardrail';
`,
} as const;
