import { defineConfig } from 'vitest/config';

/** One project per floor, so that a failing floor names itself. */
const floors = ['core', 'protocol', 'server', 'sdk-typescript', 'dashboard', 'tools'];

export default defineConfig({
  test: {
    pool: 'threads',
    maxWorkers: 2,
    projects: floors.map((name) => ({
      extends: true as const,
      test: { name, include: [`${name}/**/*.test.ts`, `${name}/**/*.test.tsx`] },
    })),
  },
});
