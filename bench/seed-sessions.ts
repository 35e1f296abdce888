import { goalWords } from '@niitaka/core/text/goal-words.ts';
import type { Connection } from '../server/src/storage/sqlite/connection.ts';
import { uuidBlob } from '../server/src/storage/sqlite/uuid-blob.ts';
import { taskOf } from './generate-task.ts';
import { seededRandom, type Random } from './random.ts';

/** How much to put into a database, and over which time. */
export interface SeedOptions {
  readonly orgId: string;
  readonly sessions: number;
  readonly eventsPerSession: number;
  /** Bytes of content in each event. */
  readonly contentBytes: number;
  /** Sessions start in the `days` before this moment, ms since the epoch. */
  readonly toMs: number;
  readonly days: number;
}

/** Sessions of one tree that every seeded database holds. */
export const seededTreeSize = 500;

/** Events of one long session that every seeded database holds. */
export const seededLongEvents = 20_000;

/** The roots of the one large tree, and the one long session. */
export interface SeededIds {
  readonly treeRoot: string;
  readonly longSession: string;
}

/** Fills a database with sessions and events by plain SQL, some thirty times faster than through the server. */
export function seedSessions(db: Connection, options: SeedOptions): SeededIds {
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -262144');
  const random = seededRandom(7);
  const insert = sessionInsert(db);
  const span = options.days * dayMs;
  const parents: Parent[] = [];
  db.exec('BEGIN');
  for (let index = 0; index < options.sessions; index += 1) {
    const at = options.toMs - span + Math.floor((span * index) / options.sessions);
    const parent = random.chance(0.3)
      ? (parents[random.between(0, parents.length - 1)] ?? null)
      : null;
    parents.push(insert(random, options, at, parent, options.eventsPerSession));
    if (parents.length > parentsKept) parents.shift();
  }
  const longAt = options.toMs - dayMs;
  const tree = insert(random, options, longAt, null, 10);
  const nodes = [tree];
  while (nodes.length < seededTreeSize) {
    const above = nodes[random.between(0, Math.min(60, nodes.length - 1))] ?? tree;
    nodes.push(insert(random, options, longAt + nodes.length, above, 10));
  }
  const long = insert(random, options, longAt, null, seededLongEvents);
  insertEvents(db, options);
  insertDerived(db);
  db.exec('COMMIT');
  db.pragma('wal_checkpoint(TRUNCATE)');
  return { treeRoot: tree.id, longSession: long.id };
}

const dayMs = 86_400_000;
const parentsKept = 12;

interface Parent {
  readonly id: string;
  readonly root: string;
  readonly depth: number;
}

type Insert = (
  random: Random,
  options: SeedOptions,
  startMs: number,
  parent: Parent | null,
  events: number,
) => Parent;

const columns = [
  'org_id',
  'id',
  'status',
  'agent_id',
  'environment',
  'goal',
  'goal_words',
  'started_at',
  'ended_at',
  'last_seen_at',
  'last_event_at',
  'started_at_sent',
  'arrived_at',
  'parent_session_id',
  'root_session_id',
  'depth',
  'user_id',
  'conversation_id',
  'total_cost',
  'input_tokens',
  'output_tokens',
  'total_tokens',
  'event_count',
  'step_count',
  'error_count',
  'position',
  'goal_completed',
  'score',
  'metrics',
  'tags',
  'incomplete',
  'missing',
];

function sessionInsert(db: Connection): Insert {
  const statement = db.prepare(
    `INSERT INTO sessions (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  return (random, options, startMs, parent, events) => {
    const id = random.id(startMs);
    const root = parent?.root ?? id;
    const endMs = startMs + Math.round(random.spread(20_000, 1.2));
    const isOpen = random.chance(0.05);
    const isRunning = isOpen && startMs > options.toMs - 600_000;
    const goal = goalOf(random);
    const steps = Math.max(1, Math.round(events * 0.8));
    const score = random.between(40, 100) / 100;
    const isLost = random.chance(0.01);
    const tokens = events * random.between(200, 4_000);
    const isGood = random.chance(0.85);
    statement.run(
      uuidBlob(options.orgId),
      uuidBlob(id),
      isRunning ? 'running' : isOpen ? 'stale' : 'done',
      `agent-${random.skewed(40)}`,
      random.chance(0.8) ? 'production' : 'staging',
      goal,
      goalWords(goal),
      startMs,
      isRunning ? null : endMs,
      // A running one stays so while the bench reads.
      isRunning ? options.toMs + dayMs : endMs,
      endMs,
      startMs,
      startMs,
      parent === null ? null : uuidBlob(parent.id),
      uuidBlob(root),
      parent === null ? 0 : parent.depth + 1,
      `user-${random.skewed(5_000)}`,
      `thread-${random.skewed(20_000)}`,
      BigInt(Math.round(random.spread(4_000_000, 1.5))) * BigInt(events),
      tokens,
      Math.round(tokens / 8),
      tokens + Math.round(tokens / 8),
      events,
      steps,
      random.chance(0.12) ? random.between(1, 3) : 0,
      events,
      Number(isGood),
      score,
      JSON.stringify({ goal_completed: isGood, score }),
      JSON.stringify({ team: random.pick(teams) }),
      Number(isLost && !isRunning),
      Number(isLost && !isRunning),
    );
    return { id, root, depth: parent === null ? 0 : parent.depth + 1 };
  };
}

function goalOf(random: Random): string {
  return `${taskOf(random)} for customer ${random.skewed(3_000)}`;
}

const teams = ['support', 'growth', 'platform', 'finance'];

/** Half model calls, a third tools, some of the rest: ids from session and number, content of one length. */
function insertEvents(db: Connection, { contentBytes }: SeedOptions): void {
  const data = JSON.stringify({
    input: 'the customer asks for a refund '.repeat(contentBytes / 31),
  });
  db.exec('CREATE TEMP TABLE numbers (n INTEGER PRIMARY KEY)');
  db.prepare(
    `INSERT INTO numbers
     WITH RECURSIVE upto (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM upto WHERE n < ?) SELECT n FROM upto`,
  ).run(seededLongEvents);
  db.prepare(
    `INSERT INTO events (session_key, id, position, type, state, sender, seq, started_at, ended_at, started_at_sent,
       received_at, latency_ms, name, provider, model, input_tokens, output_tokens, cost, cost_source, brief, data)
     SELECT s.session_key, unhex(printf('%016x%016x', s.session_key, n.n)), n.n,
       CASE WHEN n.n % 10 < 5 THEN 'llm' WHEN n.n % 10 < 8 THEN 'tool' WHEN n.n % 10 = 8 THEN 'decision' ELSE 'error' END,
       3, s.id, n.n, s.started_at + n.n * 300, s.started_at + n.n * 300 + 250, s.started_at + n.n * 300,
       s.started_at, 250, 'gpt-5', 'openai', 'gpt-5', 1800, 220, 4450000, 'computed', 'stop', ?
     FROM sessions s CROSS JOIN temp.numbers n ON n.n <= s.event_count
     ORDER BY s.session_key, n.n`,
  ).run(data);
}

/** What the server keeps beside sessions, summed up in one go. */
function insertDerived(db: Connection): void {
  db.exec(`
    UPDATE sessions SET child_count = c.n FROM
      (SELECT org_id AS o, parent_session_id AS p, count(*) AS n FROM sessions
       WHERE parent_session_id IS NOT NULL GROUP BY 1, 2) AS c
      WHERE org_id = c.o AND id = c.p;
    INSERT INTO tree_totals SELECT org_id, root_session_id, 0, count(*), sum(status = 'running'), sum(total_cost),
      sum(late_cost), sum(total_tokens), sum(step_count), sum(error_count), sum(unpriced_count)
      FROM sessions WHERE parent_session_id IS NOT NULL OR child_count > 0 GROUP BY 1, 2;
    INSERT INTO session_tags SELECT org_id, 'team', json_extract(tags, '$.team'), started_at, session_key
      FROM sessions ORDER BY 1, 2, 3, 4, 5;
    INSERT INTO environments SELECT org_id, environment, min(started_at) FROM sessions GROUP BY 1, 2;
    INSERT INTO agents (org_id, id, name, created_at, session_count, last_started_at)
      SELECT org_id, agent_id, agent_id, min(started_at), count(*), max(started_at) FROM sessions GROUP BY 1, 2;
    INSERT INTO goal_search (rowid, org, words) SELECT rowid, org, words FROM goal_documents;
  `);
  const figures = `count(*), sum(error_count > 0), sum(status = 'stale'), sum(total_cost), sum(late_cost),
    sum(total_tokens), sum(unpriced_count), sum(incomplete), sum(step_count)`;
  db.exec(`
    INSERT INTO rollup_hours SELECT org_id, environment, started_at / 3600000 * 3600000, ${figures}
      FROM sessions GROUP BY 1, 2, 3;
    INSERT INTO rollup_agent_days SELECT org_id, environment, started_at / 86400000 * 86400000, agent_id, ${figures}
      FROM sessions GROUP BY 1, 2, 3, 4;
  `);
}
