import type { ModelReader, ModelTx } from '../policy-tx.ts';
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import type { Statements } from './statements.ts';

interface ModelColumns {
  readonly provider: string;
  readonly model: string;
  readonly price: string;
}

/** Notes which models were used, the same text on every engine. */
export function modelWrites(db: Statements): ModelTx {
  const touch = db.prepare(
    `INSERT INTO models_used (org_id, provider, model, price_id, seen_on) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (org_id, provider, model) DO UPDATE SET price_id = excluded.price_id, seen_on = excluded.seen_on
       WHERE models_used.seen_on < excluded.seen_on OR models_used.price_id <> excluded.price_id`,
  );
  return {
    async touchModels(orgId, models) {
      for (const { provider, model, priceId, seenOnMs } of models) {
        await touch.run(uuidBlob(orgId), provider ?? '', model, priceId, seenOnMs);
      }
    },
  };
}

/** The models used and their prices, the same text on every engine. */
export function modelReads(db: Statements): ModelReader {
  const list = db.prepare<ModelColumns>(
    `SELECT m.provider, m.model, p.price FROM models_used AS m JOIN prices_used AS p ON p.id = m.price_id
     WHERE m.org_id = ? AND m.seen_on >= ? ORDER BY m.provider, m.model LIMIT ?`,
  );
  return {
    async modelPrices(orgId, sinceMs, limit) {
      const rows = await list.all(uuidBlob(orgId), sinceMs, limit);
      return rows.map(({ provider, ...row }) => ({
        ...row,
        provider: provider === '' ? null : provider,
      }));
    },
  };
}
