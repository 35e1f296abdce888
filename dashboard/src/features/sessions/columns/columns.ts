/** The columns of the list by id, in their first order. */
export const columnIds = [
  'status',
  'goal',
  'agent',
  'started',
  'duration',
  'cost',
  'steps',
  'errors',
  'met',
  'score',
  'tokens',
  'environment',
  'user',
  'conversation',
  'experiment',
  'tags',
  'id',
] as const;

export type ColumnId = (typeof columnIds)[number];

/** What a column is. Widths are in px; a column without one takes what is left. */
export interface Column {
  readonly title: string;
  readonly width: number | null;
  readonly minWidth: number;
  readonly align: 'start' | 'end';
  readonly sort: 'started_at' | 'duration' | 'cost' | 'errors' | null;
  /** The fields an export writes for it. */
  readonly fields: readonly string[];
}

/** Every column by its id. */
export const columns: Readonly<Record<ColumnId, Column>> = {
  status: column('Status', 92, ['status']),
  goal: { ...column('Goal', null, ['goal']), minWidth: 180 },
  agent: column('Agent', 160, ['agent_id', 'agent_version']),
  started: { ...column('Started', 92, ['started_at']), sort: 'started_at' },
  duration: { ...number('Duration', 80, ['duration_ms']), sort: 'duration' },
  cost: { ...number('Cost', 136, ['total_cost', 'tree_cost', 'unpriced_count']), sort: 'cost' },
  steps: number('Steps', 54, ['step_count']),
  errors: { ...number('Errors', 58, ['error_count']), sort: 'errors' },
  met: column('Met', 44, ['goal_completed']),
  score: column('Score', 94, ['score']),
  tokens: number('Tokens', 78, ['input_tokens', 'output_tokens', 'total_tokens']),
  environment: column('Environment', 110, ['environment']),
  user: column('User', 120, ['user_id']),
  conversation: column('Conversation', 130, ['conversation_id']),
  experiment: column('Experiment', 140, ['experiment_id', 'variant']),
  tags: column('Tags', 150, ['tags']),
  id: column('Id', 130, ['id']),
};

function column(title: string, width: number | null, fields: readonly string[]): Column {
  return { title, width, minWidth: 40, align: 'start', sort: null, fields };
}

function number(title: string, width: number, fields: readonly string[]): Column {
  return { ...column(title, width, fields), align: 'end' };
}
