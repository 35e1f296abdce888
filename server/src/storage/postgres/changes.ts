import type { SessionTx } from '../session-tx.ts';
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import { arrayText } from './values.ts';
import type { Piece, Work } from './work.ts';

type Part = Pick<
  SessionTx,
  'recordChanges' | 'touchAgents' | 'touchEnvironments' | 'jobRanAt' | 'noteJobRan'
>;

interface Seen {
  readonly orgId: string;
  readonly id: string;
  readonly nowMs: number;
  count: number;
  lastStartedAtMs: number;
}

/** The live feed, and the small tables that grow with what is seen. */
export function changeWrites(work: Work): Part {
  const agents = new Map<string, Seen>();
  const environments = new Map<string, readonly [string, string, number]>();
  const changed = new Map<string, Changed>();
  work.onFlushShared(() => environmentPieces(environments));
  work.onFlushShared(() => agentPieces(agents));
  work.onFlushShared(() => changePieces(changed));
  return {
    async recordChanges(orgId, rows, nowMs) {
      work.shares(orgId);
      const known = changed.get(orgId)?.rows ?? [];
      changed.set(orgId, { rows: [...known, ...rows], nowMs });
    },
    async touchAgents(orgId, starts, nowMs) {
      work.shares(orgId);
      for (const { agentId, startedAtMs } of starts) {
        const name = `${orgId}\n${agentId}`;
        const known = agents.get(name);
        if (known === undefined) {
          agents.set(name, { orgId, id: agentId, nowMs, count: 1, lastStartedAtMs: startedAtMs });
        } else {
          known.count += 1;
          known.lastStartedAtMs = Math.max(known.lastStartedAtMs, startedAtMs);
        }
      }
    },
    async touchEnvironments(orgId, names, nowMs) {
      work.shares(orgId);
      for (const name of names) environments.set(`${orgId}\n${name}`, [orgId, name, nowMs]);
    },
    async jobRanAt(name) {
      const [row] = await work.rows<{ last_ran_at: number | null }>(
        'SELECT last_ran_at FROM jobs WHERE name = $1',
        [name],
      );
      return row?.last_ran_at ?? null;
    },
    async noteJobRan(name, atMs) {
      await work.run(
        `INSERT INTO jobs (name, last_ran_at) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET last_ran_at = excluded.last_ran_at`,
        [name, atMs],
      );
    },
  };
}

interface Changed {
  readonly rows: Parameters<SessionTx['recordChanges']>[1];
  readonly nowMs: number;
}

/** The counter is read and the numbers are written by one statement, under the organisation's lock. */
function changePieces(changed: Map<string, Changed>): Piece[] {
  const pieces = [...changed].flatMap(([orgId, { rows, nowMs }], index): Piece[] => {
    // Of a row that changed twice the later number holds.
    const places = new Map(rows.map(({ kind, id }, place) => [`${kind} ${id}`, place + 1]));
    const kept = rows.filter(({ kind, id }, place) => places.get(`${kind} ${id}`) === place + 1);
    const name = `step_${index}`;
    return [
      {
        name,
        text: 'UPDATE organisations SET revision = revision + $2 WHERE id = $1 RETURNING revision',
        values: [uuidBlob(orgId), rows.length],
      },
      {
        text: `INSERT INTO changes (org_id, kind, row_id, revision, changed_at)
          SELECT $1, v.kind, v.row_id, ${name}.revision - $2::bigint + v.place, $3
          FROM ${name}, unnest($4::text[], $5::uuid[], $6::bigint[]) AS v (kind, row_id, place)
          ON CONFLICT (org_id, kind, row_id)
          DO UPDATE SET revision = excluded.revision, changed_at = excluded.changed_at`,
        values: [
          uuidBlob(orgId),
          rows.length,
          nowMs,
          arrayText(kept.map(({ kind }) => kind)),
          arrayText(
            kept.map(({ id }) => id),
            'uuid',
          ),
          arrayText(kept.map(({ kind, id }) => places.get(`${kind} ${id}`))),
        ],
      },
    ];
  });
  changed.clear();
  return pieces;
}

function environmentPieces(environments: Map<string, readonly [string, string, number]>): Piece[] {
  if (environments.size === 0) return [];
  const rows = [...environments].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  environments.clear();
  return [
    piece(
      `INSERT INTO environments (org_id, name, first_seen_at)
     SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING`,
      [
        arrayText(rows.map(([orgId]) => uuidBlob(orgId))),
        arrayText(rows.map(([, name]) => name)),
        arrayText(rows.map(([, , nowMs]) => nowMs)),
      ],
    ),
  ];
}

function agentPieces(agents: Map<string, Seen>): Piece[] {
  if (agents.size === 0) return [];
  const rows = [...agents].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, seen]) => seen);
  agents.clear();
  return [
    piece(
      `INSERT INTO agents (org_id, id, name, created_at, session_count, last_started_at)
     SELECT org_id, id, id, at, count, started_at
     FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
       AS v (org_id, id, at, count, started_at)
     ON CONFLICT (org_id, id) DO UPDATE SET session_count = agents.session_count + excluded.session_count,
       last_started_at = greatest(agents.last_started_at, excluded.last_started_at)`,
      [
        arrayText(rows.map((seen) => uuidBlob(seen.orgId))),
        arrayText(rows.map((seen) => seen.id)),
        arrayText(rows.map((seen) => seen.nowMs)),
        arrayText(rows.map((seen) => seen.count)),
        arrayText(rows.map((seen) => seen.lastStartedAtMs)),
      ],
    ),
  ];
}

function piece(text: string, values: readonly unknown[]): Piece {
  return { text, values };
}
