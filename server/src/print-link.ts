import type { Config } from './config.ts';
export async function printLink(_c: Config, _p: string | null): Promise<string> {
  return '';
}
