import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { figureOf, type Figure } from './figure.ts';
import { fitLine } from './fit-line.ts';
import { startServer, type ServerProcess } from './server-process.ts';
import { fullRateOf, startLoad } from './start-load.ts';

const sampleMs = 5_000;

/** What is looked at starts after this part: until then a server still takes what it keeps. */
const settledAfter = 1 / 3;

/** Whether memory stands and the disk grows in line with what is sent, under a part of the full rate for some minutes. */
export async function benchSoak(minutes: number, share: number): Promise<readonly Figure[]> {
  const server = await startServer();
  try {
    const { port } = server;
    const fullRate = await fullRateOf(port);
    const seconds = minutes * 60;
    const load = startLoad({ port, seed: 100, seconds, perSecond: fullRate * share });
    const [rate, samples] = await Promise.all([load.rate, sampleFor(server, seconds)]);
    return [
      figureOf('soak, full rate', 'events/s', [fullRate]),
      figureOf('soak, rate held', 'events/s', [rate]),
      ...figuresOf(samples),
    ];
  } finally {
    await server.stop();
  }
}

interface Sample {
  readonly minute: number;
  readonly residentMb: number;
  readonly diskMb: number;
}

async function sampleFor(server: ServerProcess, seconds: number): Promise<readonly Sample[]> {
  const startedAt = performance.now();
  const samples: Sample[] = [];
  for (let at = 1; at * sampleMs <= seconds * 1000; at += 1) {
    await pause(Math.max(0, startedAt + at * sampleMs - performance.now()));
    const minute = (performance.now() - startedAt) / 60_000;
    const diskMb = sizeMb(server.dataDir);
    samples.push({ minute, residentMb: server.residentMb(), diskMb });
  }
  return samples;
}

function figuresOf(samples: readonly Sample[]): readonly Figure[] {
  const settled = samples.slice(Math.floor(samples.length * settledAfter));
  const minutes = settled.map(({ minute }) => minute);
  const memory = settled.map(({ residentMb }) => residentMb);
  const rss = fitLine(minutes, memory);
  const [first = 0, last = 0] = [minutes[0], minutes.at(-1)];
  const growth = (rss.slope * (last - first)) / (rss.at(first) || 1);
  const disk = fitLine(
    samples.map(({ minute }) => minute),
    samples.map(({ diskMb }) => diskMb),
  );
  return [
    figureOf('soak, memory', 'MB', memory),
    figureOf('soak, slope of memory', 'MB/min', [rss.slope]),
    figureOf('soak, growth of memory', '%', [growth * 100], '<= 5'),
    figureOf('soak, growth of the disk', 'MB/min', [disk.slope]),
    figureOf('soak, fit of the disk to a line', 'R²', [disk.rSquared], '>= 0.99'),
  ];
}

function sizeMb(directory: string): number {
  const names = readdirSync(directory);
  return names.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0) / 2 ** 20;
}
