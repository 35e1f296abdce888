import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Erasure } from '../erasure.ts';
import { openWriter, type Connection } from './connection.ts';
import { findPieces, pieceBytes } from './find-pieces.ts';
import { uuidBlob } from './uuid-blob.ts';

/** Pieces remembered of one session, and in all: of what says more, every n-th part. */
const piecesOfSession = 2_000;
const mostPieces = 100_000;

/** Shorter texts are said by many, and prove nothing. */
const leastBytes = 16;

/** Pages of the file lie this far apart: a piece is taken of each that a long text fills. */
const pageBytes = 8_192;

/** Attempts to bring the log into the file beside readers, and the pause between, ms. */
const attempts = 20;
const pauseMs = 250;

/** Opens the look at a database file before and after a removal, beside a running server too. */
export function openErasure(path: string): Erasure {
  const db = openWriter(path);
  const pieces = new Map<string, Buffer>();
  return {
    async note(orgId, ids) {
      for (const id of ids) {
        const found = piecesOf(db, orgId, id);
        const step = Math.max(1, Math.ceil(found.length / piecesOfSession));
        for (let index = 0; index < found.length && pieces.size < mostPieces; index += step) {
          const piece = found[index];
          if (piece !== undefined) pieces.set(piece.toString('hex'), piece);
        }
      }
    },
    async indexesOf(table) {
      const rows = db.pragma(`index_list(${table})`) as { name: string }[];
      return rows.map(({ name }) => name).toSorted();
    },
    async check() {
      await emptyLog(db);
      const files = [path, `${path}-wal`].filter((file) => existsSync(file));
      const { found, bytesRead } = findPieces(files, [...pieces.values()]);
      const left = found.filter((piece) => !isSaidElsewhere(db, piece));
      const isClean = left.length === 0;
      return {
        isClean,
        note: isClean
          ? 'no byte is left in the file, its log or its indexes; backups made before still hold all of it'
          : 'some of it is left in the file or its log: give the command again when no server writes',
        searched: pieces.size,
        bytesRead,
        found: left.length,
      };
    },
    async close() {
      db.close();
    },
  };
}

/** Columns of text that a session and its rows bring along. */
const texts = [
  ['sessions', 'goal', 'session_key = @key'],
  ['sessions', 'metadata', 'session_key = @key'],
  ['sessions', 'user_id', 'session_key = @key'],
  ['events', 'data', 'session_key = @key'],
  ['events', 'brief', 'session_key = @key'],
  ['signals', 'message', 'org_id = @org AND subject_id = @id'],
  ['signals', 'data', 'org_id = @org AND subject_id = @id'],
  ['decision_traces', 'inputs', 'org_id = @org AND session_id = @id'],
] as const;

const ids = [
  ['events', 'session_key = @key'],
  ['signals', 'org_id = @org AND subject_id = @id'],
  ['decision_traces', 'org_id = @org AND session_id = @id'],
] as const;

/** Ids of its rows whole, and of every text a piece for each page that it fills. */
function piecesOf(db: Connection, orgId: string, sessionId: string): Buffer[] {
  const [org, id] = [uuidBlob(orgId), uuidBlob(sessionId)];
  const key = db
    .prepare('SELECT session_key FROM sessions WHERE org_id = ? AND id = ?')
    .pluck()
    .get(org, id);
  if (key === undefined) return [];
  const named = { org, id, key };
  const pieces: Buffer[] = [];
  for (const [table, where] of ids) {
    const rows = db.prepare(`SELECT id FROM ${table} WHERE ${where}`).pluck();
    for (const row of rows.iterate(parametersOf(where, named))) pieces.push(row as Buffer);
  }
  for (const [table, column, where] of texts) {
    const rows = db.prepare(
      `SELECT ${column} FROM ${table} WHERE ${where} AND ${column} IS NOT NULL`,
    );
    for (const text of rows.pluck().iterate(parametersOf(where, named))) {
      const bytes = Buffer.from(String(text));
      for (let at = 0; at + leastBytes <= bytes.length; at += pageBytes / 2) {
        pieces.push(bytes.subarray(at, at + pieceBytes));
      }
    }
  }
  return pieces;
}

function parametersOf(where: string, all: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(Object.entries(all).filter(([name]) => where.includes(`@${name}`)));
}

/** A piece is no trace of what is gone where something that stays says the same. */
function isSaidElsewhere(db: Connection, piece: Buffer): boolean {
  const said = ids.some(
    ([table]) =>
      piece.length === 16 &&
      db.prepare(`SELECT 1 FROM ${table} WHERE id = ? LIMIT 1`).get(piece) !== undefined,
  );
  if (said) return true;
  return texts.some(
    ([table, column]) =>
      db
        .prepare(`SELECT 1 FROM ${table} WHERE instr(CAST(${column} AS BLOB), ?) > 0 LIMIT 1`)
        .get(piece) !== undefined,
  );
}

async function emptyLog(db: Connection): Promise<void> {
  for (let tried = 0; tried < attempts; tried += 1) {
    const [row] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    if (row?.busy === 0) return;
    await pause(pauseMs);
  }
}
