import { writeFile } from 'node:fs/promises';
import { buildOpenApi } from '@niitaka/protocol/openapi.ts';
import packageJson from '../protocol/package.json' with { type: 'json' };

/** Writes protocol/openapi.json anew from the schemas: node tools/openapi.ts */
const path = new URL('../protocol/openapi.json', import.meta.url);
await writeFile(path, `${JSON.stringify(buildOpenApi(packageJson.version), null, 2)}\n`);
