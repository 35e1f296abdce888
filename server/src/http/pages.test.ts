import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify, type FastifyInstance } from 'fastify';
import { beforeEach, describe, expect, test } from 'vitest';
import { answerError } from './answer-error.ts';
import type { AppParts } from './app-parts.ts';
import { openLog } from '../log.ts';
import { pageRoutes } from './routes/pages.ts';
import { openStaticFiles } from './static-files.ts';

const html = '<!doctype html><head><script src="/assets/index-a1.js"></script></head>';
const script = 'console.log(1);'.repeat(200);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'niitaka-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), html);
  writeFileSync(join(folder, 'assets', 'index-a1.js'), script);
  writeFileSync(join(folder, 'logo.svg'), '<svg/>');
});

async function openApp(basePath = '/', from = folder): Promise<FastifyInstance> {
  const app = fastify();
  app.setErrorHandler((error, request, reply) =>
    answerError(error, request, reply, openLog('silent')),
  );
  const dashboard = await openStaticFiles(from, basePath);
  await pageRoutes(app, { dashboard } as AppParts);
  return app;
}

describe('the dashboard', () => {
  test.each(['/', '/sessions', '/sessions/abc?tab=cost', '/index.html'])(
    '%s is the page, never cached, without inline script or style',
    async (url) => {
      const app = await openApp();
      const answer = await app.inject({ url });
      expect(answer.statusCode).toBe(200);
      expect(answer.body).toBe(html);
      expect(answer.headers['cache-control']).toBe('no-cache');
      const policy = String(answer.headers['content-security-policy']);
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
    },
  );

  test('a file under assets is immutable, and compressed for who takes it', async () => {
    const app = await openApp();
    const url = '/assets/index-a1.js';
    const plain = await app.inject({ url });
    expect(plain.body).toBe(script);
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'accept-encoding',
    });
    const small = await app.inject({ url, headers: { 'accept-encoding': 'br, gzip' } });
    expect(small.headers['content-encoding']).toBe('gzip');
    expect(small.rawPayload.length).toBeLessThan(script.length / 10);
  });

  test('who has it is told so', async () => {
    const app = await openApp();
    const first = await app.inject({ url: '/logo.svg' });
    const headers = { 'if-none-match': String(first.headers.etag) };
    const again = await app.inject({ url: '/logo.svg', headers });
    expect([again.statusCode, again.body]).toEqual([304, '']);
  });

  test.each(['/assets/none.js', '/api/v1/none', '/api'])(
    '%s is not found, no page',
    async (url) => {
      const app = await openApp();
      const answer = await app.inject({ url });
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ code: 'not_found' });
    },
  );

  test.each(['/..%2f..%2fetc%2fpasswd', '/assets/..%2f..%2fsecret', '/%2e%2e/secret'])(
    '%s leaves the folder by no way',
    async (url) => {
      writeFileSync(join(folder, '..', 'secret'), 'hidden words');
      const app = await openApp();
      const answer = await app.inject({ url });
      expect(answer.body).not.toContain('hidden words');
      expect([404, 200]).toContain(answer.statusCode);
      if (answer.statusCode === 200) expect(answer.body).toBe(html);
    },
  );

  test('under a base path the page leads its files there', async () => {
    const app = await openApp('/niitaka/');
    const { body } = await app.inject({ url: '/' });
    expect(body).toContain('<base href="/niitaka/" />');
    expect(body).toContain('src="/niitaka/assets/index-a1.js"');
  });

  test('one that is not built says how, and is found once it is', async () => {
    const later = join(folder, 'later');
    const app = await openApp('/', later);
    const before = await app.inject({ url: '/' });
    expect([before.statusCode, before.body]).toEqual([
      503,
      'The dashboard is not built here: npm start builds it. The API answers under /api/v1.',
    ]);
    mkdirSync(later);
    writeFileSync(join(later, 'index.html'), html);
    expect((await app.inject({ url: '/' })).body).toBe(html);
  });
});
