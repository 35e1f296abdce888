import { expect, test } from 'vitest';
import { parseArguments } from './parse-arguments.ts';

test.each([
  [[], { name: 'serve' }],
  [['link'], { name: 'link', person: null }],
  [['link', '--name', ' Ada '], { name: 'link', person: 'Ada' }],
  [['verify'], { name: 'verify' }],
  [['backup', 'a.db'], { name: 'backup', to: 'a.db' }],
  [['restore', 'a.db'], { name: 'restore', from: 'a.db', replaces: false }],
  [['restore', '--replace', 'a.db'], { name: 'restore', from: 'a.db', replaces: true }],
  [['copy', 'a', 'b'], { name: 'copy', from: 'a', to: 'b' }],
  [['retention'], { name: 'retention', days: null, environment: null, isDryRun: false }],
  [
    ['retention', '--days', '30', '--environment', 'staging', '--dry-run'],
    { name: 'retention', days: 30, environment: 'staging', isDryRun: true },
  ],
  [['delete', 'agent', 'a b'], { name: 'delete', kind: 'agent', id: 'a b' }],
  [['migrate', '--citus'], { name: 'migrate', isCitus: true }],
  [['-h'], { name: 'help' }],
  [['verify', '--version'], { name: 'version' }],
])('parseArguments(%j) is %j', (args, order) => {
  expect(parseArguments(args)).toEqual({ ok: true, order });
});

test.each([
  [['serve'], 'There is no command "serve"'],
  [['link', 'Ada'], 'Found "Ada": one command is enough'],
  [['verify', '--name', 'Ada'], '--name belongs to link'],
  [['verify', '--replace'], '--replace belongs to restore'],
  [['--name', 'Ada'], '--name belongs to link'],
  [['constructor'], 'There is no command "constructor"'],
  [['copy', 'a'], 'copy wants TO after it'],
  [['retention', '--days', '0'], '--days must be a whole number from 1 to 36500: found "0"'],
  [['delete', 'session'], 'delete wants ID after it'],
  [['delete', 'person', 'a'], 'delete wants session or agent after it: found "person"'],
  [['backup'], 'backup wants PATH after it'],
  [['backup', 'a', 'b'], 'Found "b": backup takes PATH'],
  [['link', '--name', ' '], '--name must have 1 to 100 characters: found 0'],
])('parseArguments(%j) says: %s', (args, problem) => {
  expect(parseArguments(args)).toEqual({ ok: false, problem });
});

test('parseArguments() names an option it does not know', () => {
  const parsed = parseArguments(['--prot', '1']);
  expect(parsed.ok ? '' : parsed.problem).toContain("'--prot'");
});
