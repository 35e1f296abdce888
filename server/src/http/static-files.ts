import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** One file of the dashboard, ready to send. */
export interface StaticFile {
  readonly type: string;
  readonly etag: string;
  /** Under a name with a hash of its content: never changes. */
  readonly immutable: boolean;
  readonly bytes: Buffer;
  /** Null for what does not get smaller. */
  readonly gzipped: Buffer | null;
}

/** The built dashboard; only files that are in its folder can be asked for. */
export interface StaticFiles {
  /** The file of a path such as `assets/index-abc.js`; null when there is none. */
  file(path: string): Promise<StaticFile | null>;
  /** The page every address of the app begins with; null when the dashboard is not built. */
  index(): Promise<StaticFile | null>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};
const compressible = new Set(['.html', '.js', '.css', '.json', '.svg', '.txt', '.webmanifest']);
const fileLimit = 2000;

/** Lists the folder once; files are read, compressed and kept when first asked for. */
export async function openStaticFiles(folder: string, basePath: string): Promise<StaticFiles> {
  let paths = await listFiles(folder);
  const kept = new Map<string, Promise<StaticFile>>();
  const load = (path: string): Promise<StaticFile> => {
    let found = kept.get(path);
    if (found === undefined) {
      found = loadFile(folder, path, basePath);
      kept.set(path, found);
      found.catch(() => kept.delete(path));
    }
    return found;
  };
  return {
    async file(path) {
      return paths.has(path) ? load(path) : null;
    },
    async index() {
      // A dashboard that is built while the server runs is found without a restart.
      if (!paths.has('index.html')) paths = await listFiles(folder);
      return paths.has('index.html') ? load('index.html') : null;
    },
  };
}

async function listFiles(folder: string): Promise<Set<string>> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return new Set();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).slice(0, fileLimit);
  return new Set(
    files.map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/')),
  );
}

async function loadFile(folder: string, path: string, basePath: string): Promise<StaticFile> {
  const read = await readFile(join(folder, path));
  const bytes = path === 'index.html' ? underBasePath(read, basePath) : read;
  const gzipped = compressible.has(extname(path))
    ? await promisify(gzip)(bytes, { level: 9 })
    : null;
  return {
    type: types[extname(path)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    immutable: path.startsWith('assets/'),
    bytes,
    gzipped: gzipped !== null && gzipped.length < bytes.length ? gzipped : null,
  };
}

/** Tells the page its base path, and leads its own files there. */
function underBasePath(html: Buffer, basePath: string): Buffer {
  if (basePath === '/') return html;
  const text = html
    .toString('utf8')
    .replace(/(src|href)="\/(?!\/)/g, `$1="${basePath}`)
    .replace('<head>', `<head>\n    <base href="${basePath}" />`);
  return Buffer.from(text);
}
