import { defineConfig } from 'vitest/config';

/** One project per floor, so that a failing floor names itself. */
const floors = ['core', 'protocol', 'server', 'sdk-typescript', 'dashboard'];
const others = ['tools', 'samples', 'bench', 'e2e'];

export default defineConfig({
  test: {
    pool: 'threads',
    maxWorkers: 2,
    hookTimeout: 120_000,
    projects: [...floors, ...others].map((name) => ({
      extends: true as const,
      test: {
        name,
        include: [`${name}/**/*.test.ts`, `${name}/**/*.test.tsx`],
        // A browser and its server share two cores with the rest.
        testTimeout: name === 'e2e' ? 120_000 : 60_000,
      },
    })),
  },
});
