/** How cards stand beside each other. */
export const agentGrid =
  'grid grid-cols-[repeat(auto-fill,minmax(318px,1fr))] gap-2.5 max-sm:grid-cols-1';
