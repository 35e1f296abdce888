import type { Config } from './config.ts';
export async function printVerification(
  _c: Config,
): Promise<{ text: string; differences: number }> {
  return { text: '', differences: 0 };
}
