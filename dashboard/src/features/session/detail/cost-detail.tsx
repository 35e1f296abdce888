import type { Event, EventCost } from '@niitaka/protocol/event.ts';
import { formatCount } from '../../../lib/format-count.ts';
import { formatNanoUsdExact } from '../../../lib/format-money.ts';
import { costRows } from './cost-rows.ts';
import { Part } from './part.tsx';

const sources: Readonly<Record<EventCost['source'], string>> = {
  reported: 'reported by the caller',
  computed: 'computed from the price book',
  estimated: 'estimated: the usage is not final',
  unpriced: 'no price is known for this model',
};

/** Tokens and cost of a call, class by class, with the price that was used (C1). */
export function CostDetail({ event, cost }: { readonly event: Event; readonly cost: EventCost }) {
  const rows = costRows(event.data, cost);
  return (
    <Part title="Tokens and cost" aside={sources[cost.source]}>
      <table className="w-full max-w-[480px] text-sm">
        <thead className="text-left text-xs text-muted">
          <tr>
            <th scope="col" className="py-0.5 font-medium">
              Class
            </th>
            <th scope="col" className="py-0.5 text-right font-medium">
              Tokens
            </th>
            <th scope="col" className="py-0.5 text-right font-medium">
              USD / million
            </th>
            <th scope="col" className="py-0.5 text-right font-medium">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} className="border-t border-line2">
              <th scope="row" className="py-0.5 text-left font-normal">
                {row.name}
              </th>
              <td className="py-0.5 text-right">
                {row.tokens === null ? '' : formatCount(row.tokens)}
              </td>
              <td className="py-0.5 text-right text-muted">{row.price ?? ''}</td>
              <td className="py-0.5 text-right">
                {row.nanoUsd === null ? '' : formatNanoUsdExact(row.nanoUsd)}
              </td>
            </tr>
          ))}
          <tr className="border-t border-line font-semibold">
            <th scope="row" colSpan={3} className="py-0.5 text-left">
              Total
            </th>
            <td className="py-0.5 text-right">
              {cost.cost_nano_usd === null || cost.source === 'unpriced'
                ? 'no price'
                : formatNanoUsdExact(cost.cost_nano_usd)}
            </td>
          </tr>
        </tbody>
      </table>
      {cost.table_version !== null && (
        <p className="mt-1 text-xs text-muted">Price book {cost.table_version}</p>
      )}
    </Part>
  );
}
