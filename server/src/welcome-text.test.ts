import { describe, expect, test } from 'vitest';
import { welcomeText } from './welcome-text.ts';

const place = { url: 'http://127.0.0.1:4600', place: '/var/lib/niitaka' };

describe('welcomeText()', () => {
  test('a first start shows the key once, a snippet in each language with it, and the link (O3)', () => {
    const text = welcomeText({
      ...place,
      key: 'nk_secret',
      link: 'http://127.0.0.1:4600/sign-in?token=t',
    });
    expect(text).toContain('API key (shown once): nk_secret\n');
    expect(text).toContain(
      '  niitaka.configure(api_url="http://127.0.0.1:4600", api_key="nk_secret")\n',
    );
    expect(text).toContain(
      "  configure({ apiUrl: 'http://127.0.0.1:4600', apiKey: 'nk_secret' });\n",
    );
    expect(text).toMatch(/Sign in \(once, within 15 minutes\):\n {2}http:\S+token=t\n$/);
  });

  test('a later start shows no key', () => {
    expect(welcomeText({ ...place, key: null, link: null })).toBe(
      'Niitaka is ready at http://127.0.0.1:4600\nData is kept in /var/lib/niitaka\n',
    );
  });
});
