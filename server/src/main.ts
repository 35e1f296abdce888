import { decideConfig, gatherConfig, type Config } from './config.ts';
import { parseArguments, usage } from './parse-arguments.ts';
import { StartupError } from './storage/startup-error.ts';
import { version } from './version.ts';

/** Runs the program; what it cannot do is one clear sentence and an exit code. */
async function main(): Promise<void> {
  const parsed = parseArguments(process.argv.slice(2));
  if (!parsed.ok) return fail(`${parsed.problem}\n\n${usage}`, 2);
  const order = parsed.order;
  if (order.name === 'help') return print(usage);
  if (order.name === 'version') return print(version);
  const decided = decideConfig(gatherConfig(process.env));
  if (!decided.ok) return fail(decided.problems.join('\n'), 2);
  try {
    await run(order, decided.config);
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    fail(error.message, 1);
  }
}

type Order = Extract<ReturnType<typeof parseArguments>, { ok: true }>['order'];

/** Only the code of what is asked for is loaded. */
async function run(order: Order, config: Config): Promise<void> {
  if (order.name === 'link') {
    const { printLink } = await import('./print-link.ts');
    return print(await printLink(config, order.person));
  }
  if (order.name === 'verify') {
    const { printVerification } = await import('./print-verification.ts');
    const { text, differences } = await printVerification(config);
    print(text);
    if (differences > 0) process.exitCode = 1;
    return;
  }
  if (order.name === 'backup') {
    const { backUpDatabase } = await import('./operations/back-up.ts');
    return print(await backUpDatabase(config, order.to, process.stderr));
  }
  if (order.name === 'restore') {
    const { restoreBackup } = await import('./operations/restore-backup.ts');
    return print(await restoreBackup(config, order, process.stderr));
  }
  if (order.name === 'copy') {
    const { copyDatabase } = await import('./operations/copy-database.ts');
    return print(await copyDatabase(order.from, order.to, process.stderr));
  }
  if (order.name === 'retention') {
    const { applyRetention } = await import('./operations/apply-retention.ts');
    return print(await applyRetention(config, order, process.stderr));
  }
  if (order.name === 'delete') {
    const { deleteWithReceipt } = await import('./operations/delete-with-receipt.ts');
    return print(JSON.stringify(await deleteWithReceipt(config, order), null, 2));
  }
  if (order.name === 'migrate') {
    const { migrateDatabase } = await import('./operations/migrate-database.ts');
    return print(await migrateDatabase(config, order.isCitus));
  }
  const { serve } = await import('./serve.ts');
  await serve(config);
}

function print(text: string): void {
  process.stdout.write(`${text.trimEnd()}\n`);
}

function fail(text: string, exitCode: number): void {
  process.stderr.write(`${text.trimEnd()}\n`);
  process.exitCode = exitCode;
}

await main();
