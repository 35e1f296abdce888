/** Everything that is read of agents. */
export const agentFamily = ['agents'] as const;
