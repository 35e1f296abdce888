#!/usr/bin/env node
import { runDoctor } from './doctor/run-doctor.ts';
import { version } from './version.ts';

const usage = `niitaka ${version}

Usage: niitaka doctor [--delete-orphans]

  doctor             checks key, address, clock, context, one round trip, and the spool
  --delete-orphans   also deletes what dead processes of other keys left in the spool
`;

const [command, ...flags] = process.argv.slice(2);
if (command === 'doctor' && flags.every((flag) => flag === '--delete-orphans')) {
  const isHealthy = await runDoctor(flags.length > 0, (line) => console.log(line));
  process.exitCode = isHealthy ? 0 : 1;
} else {
  console.log(usage);
  process.exitCode = command === undefined || command === '--help' ? 0 : 2;
}
