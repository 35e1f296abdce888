import type { ModelTx, UsedModel } from '../policy-tx.ts';
import { uuidBlob } from '../sqlite/uuid-blob.ts';
import { arrayText } from './values.ts';
import type { Piece, Work } from './work.ts';

/** Notes which models were used: rows that every batch touches, so that they are written with the shared ones. */
export function modelWrites(work: Work): ModelTx {
  const used = new Map<string, readonly [string, UsedModel]>();
  work.onFlushShared(() => pieces(used));
  return {
    async touchModels(orgId, models) {
      if (models.length > 0) work.shares(orgId);
      for (const one of models)
        used.set(`${orgId}\n${one.provider ?? ''}\n${one.model}`, [orgId, one]);
    },
  };
}

/** A row that says so already is left alone, without a lock on it. */
function pieces(used: Map<string, readonly [string, UsedModel]>): Piece[] {
  if (used.size === 0) return [];
  const rows = [...used].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  used.clear();
  const text = `INSERT INTO models_used AS m (org_id, provider, model, price_id, seen_on)
    SELECT v.* FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
      AS v (org_id, provider, model, price_id, seen_on)
    WHERE NOT EXISTS (SELECT 1 FROM models_used AS k WHERE k.org_id = v.org_id AND k.provider = v.provider
      AND k.model = v.model AND k.seen_on >= v.seen_on AND k.price_id = v.price_id)
    ON CONFLICT (org_id, provider, model) DO UPDATE SET price_id = excluded.price_id, seen_on = excluded.seen_on
    WHERE m.seen_on < excluded.seen_on OR m.price_id <> excluded.price_id`;
  const values = [
    arrayText(rows.map(([orgId]) => uuidBlob(orgId))),
    arrayText(rows.map(([, one]) => one.provider ?? '')),
    arrayText(rows.map(([, one]) => one.model)),
    arrayText(rows.map(([, one]) => one.priceId)),
    arrayText(rows.map(([, one]) => one.seenOnMs)),
  ];
  return [{ text, values }];
}
