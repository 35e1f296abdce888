import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Compiled code is kept between starts, which must be asked for before the first TypeScript is read: without it each
// thread loads a compiler for types, some 25 MB. Threads find the folder in the environment.
process.env.NODE_COMPILE_CACHE ||= join(tmpdir(), 'node-compile-cache');
enableCompileCache(process.env.NODE_COMPILE_CACHE);

await import('./src/main.ts');
