import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWriter } from '../server/src/storage/sqlite/connection.ts';
import { uuidText } from '../server/src/storage/sqlite/uuid-blob.ts';
import { figureOf, type Figure } from './figure.ts';
import { seedSessions, type SeededIds } from './seed-sessions.ts';
import { startServer, type ServerProcess } from './server-process.ts';
import { timedGet } from './timed-get.ts';

/** How large the database is that reads are measured on. */
export interface ReadScale {
  readonly sessions: number;
  readonly eventsPerSession: number;
  readonly contentBytes: number;
}

/** The scale that the bars speak of. */
export const fullScale: ReadScale = {
  sessions: 1_000_000,
  eventsPerSession: 10,
  contentBytes: 600,
};

/** What else is measured on the database that reads were measured on. */
export type FurtherReads = (
  server: ServerProcess,
  ids: SeededIds,
  runs: number,
  idle: readonly Figure[],
) => Promise<readonly Figure[]>;

/** Reads over HTTP, one after the other on one connection, on a database seeded for it. */
export async function benchReads(
  scale: ReadScale,
  runs: number,
  further: FurtherReads = async () => [],
): Promise<readonly Figure[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'niitaka-bench-'));
  try {
    const ids = await seedDatabase(dataDir, scale);
    const server = await startServer(dataDir);
    try {
      const idle = await measureReads(server, ids, runs);
      return [...idle, ...(await further(server, ids, runs, idle))];
    } finally {
      await server.stop(true);
    }
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Lets a server make the database and its organisation, then fills it. */
export async function seedDatabase(dataDir: string, scale: ReadScale): Promise<SeededIds> {
  const server = await startServer(dataDir);
  await server.stop(true);
  const db = openWriter(join(dataDir, 'niitaka.db'));
  try {
    const org = db.prepare<[], Buffer>('SELECT id FROM organisations').pluck().get();
    if (org === undefined) throw new Error('the first start made no organisation');
    const place = { orgId: uuidText(org), toMs: Date.now(), days: seededDays };
    return seedSessions(db, { ...scale, ...place });
  } finally {
    db.close();
  }
}

/** Every read that has a bar, and the ones beside them. */
export async function measureReads(
  server: ServerProcess,
  ids: SeededIds,
  runs: number,
): Promise<readonly Figure[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const figures: Figure[] = [];
  for (const { name, bar, paths } of reads(ids, Date.now())) {
    const values: number[] = [];
    for (let run = -warmUps; run < runs; run += 1) {
      const path = paths[Math.abs(run) % paths.length] ?? '';
      const tookMs = await timedGet(server.port, agent, path);
      if (run >= 0) values.push(tookMs);
    }
    figures.push(figureOf(`reads ${name}`, 'ms', values, bar));
  }
  agent.destroy();
  return figures;
}

const seededDays = 90;
const warmUps = 3;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Read {
  readonly name: string;
  readonly bar?: string;
  /** Taken in turn. */
  readonly paths: readonly string[];
}

function reads(ids: SeededIds, nowMs: number): readonly Read[] {
  const list = (more: string) => `/sessions?${more}`;
  const since = (ms: number) => `from=${new Date(nowMs - ms).toISOString()}`;
  const week = since(7 * dayMs);
  const last = (ms: number) => `${since(ms)}&to=${new Date(nowMs).toISOString()}`;
  return [
    { name: 'list', bar: '<= 10', paths: [list(''), list('environment=production')] },
    {
      name: 'list as the page asks',
      bar: '<= 10',
      paths: [list(`root_only=true&environment=production&limit=100&${since(dayMs)}`)],
    },
    { name: 'list with filters', bar: '<= 20', paths: filterQueries(week).map(list) },
    {
      name: 'roots with filters',
      bar: '<= 20',
      paths: filterQueries(week).map((query) => list(`root_only=true&${query}`)),
    },
    {
      name: 'list by cost',
      bar: '<= 20',
      paths: [list(`sort=-cost&${since(dayMs)}`), list(`sort=-duration&${since(dayMs)}`)],
    },
    {
      name: 'tiles',
      bar: '<= 5',
      paths: [dayMs, 7 * dayMs, 30 * dayMs].map(
        (ms) => `/sessions/stats?environment=production&${last(ms)}`,
      ),
    },
    {
      name: 'tiles with filters',
      bar: '<= 60',
      paths: filterQueries(week).map(
        (query) => `/sessions/stats?${query.replace(`&${week}`, '')}&${week}`,
      ),
    },
    {
      name: 'histogram',
      paths: [dayMs, 7 * dayMs, 30 * dayMs].map((ms) => `/sessions/histogram?${last(ms)}`),
    },
    {
      name: 'search',
      bar: '<= 20',
      paths: ['review contract', 'sales report', 'invoice customer 77', 'cust weekl', 'a'].map(
        (q) => list(`q=${encodeURIComponent(q)}`),
      ),
    },
    {
      name: 'search in a range',
      bar: '<= 20',
      paths: ['review contract', 'sales report'].map((q) =>
        list(`q=${encodeURIComponent(q)}&${week}`),
      ),
    },
    { name: 'tree of 500', bar: '<= 20', paths: [`/sessions/${ids.treeRoot}/tree`] },
    {
      name: '200 events of 20,000',
      bar: '<= 10',
      paths: [
        `/sessions/${ids.longSession}/events?after=10000`,
        `/sessions/${ids.longSession}/events?after=19000&content=none`,
      ],
    },
    { name: 'one session', paths: [`/sessions/${ids.treeRoot}`] },
    { name: 'cost of 20,000 events', paths: [`/sessions/${ids.longSession}/cost`] },
  ];
}

function filterQueries(week: string): string[] {
  return [
    'has_errors=true',
    'agent_id=agent-7',
    'status=running,stale',
    'user_id=user-321',
    'conversation_id=thread-1234',
    'tag=team:finance',
    `goal_completed=false&${week}`,
    `min_score=0.9&${week}`,
    `min_cost=0.5&${week}`,
    `min_duration_ms=120000&${week}`,
    `incomplete=true&${week}`,
    `has_errors=true&environment=staging&${week}`,
  ];
}
