import { writeFile } from 'node:fs/promises';
import { buildIngestSchemas } from '@niitaka/protocol/ingest-schemas.ts';
import { buildOpenApi } from '@niitaka/protocol/openapi.ts';
import packageJson from '../protocol/package.json' with { type: 'json' };

/** Writes protocol/openapi.json and protocol/ingest.json anew from the schemas: node tools/openapi.ts */
const written = { openapi: buildOpenApi(packageJson.version), ingest: buildIngestSchemas() };
for (const [name, value] of Object.entries(written)) {
  const path = new URL(`../protocol/${name}.json`, import.meta.url);
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}
