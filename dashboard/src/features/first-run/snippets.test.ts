import { expect, test } from 'vitest';
import { snippetOf } from './snippets.ts';

test.each(['python', 'typescript'] as const)(
  'snippetOf() %s carries the real address and key (O3)',
  (language) => {
    const { code } = snippetOf(language, 'http://10.0.0.4:4600', 'nk_live_1');
    expect(code).toContain('http://10.0.0.4:4600');
    expect(code).toContain('nk_live_1');
  },
);
