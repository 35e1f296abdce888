import type { SessionDetail } from '@niitaka/protocol/session.ts';
import { useState } from 'react';
import { classNames } from '../../../components/class-names.ts';
import { Popover } from '../../../components/popover.tsx';
import { formatCount } from '../../../lib/format-count.ts';
import { deliveryGaps, deliveryText, reasonText } from './delivery-text.ts';

/** "412 of 412 received"; opens the ledger, sender by sender. */
export function DeliveryButton({ session }: { readonly session: SessionDetail }) {
  const [open, setOpen] = useState(false);
  const { delivery } = session;
  const gaps = deliveryGaps(delivery);
  return (
    <Popover
      label="Delivery ledger"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          className={classNames(
            'rounded-sm decoration-dotted underline-offset-3 hover:underline',
            delivery.incomplete && 'font-medium text-gold',
          )}
        >
          {[deliveryText(delivery), ...(delivery.incomplete ? gaps : [])].join(', ')}
        </button>
      }
    >
      <p className="mb-2 max-w-[56ch] text-sm text-muted">
        {delivery.incomplete
          ? `Not everything that was sent is here: ${gaps.join(', ')}. Totals may be too low.`
          : gaps.length > 0
            ? `Still under way: ${gaps.join(', ')}.`
            : 'Everything that was sent is here.'}
      </p>
      <Ledger session={session} />
    </Popover>
  );
}

function Ledger({ session }: { readonly session: SessionDetail }) {
  if (session.senders.length === 0) {
    return <p className="text-sm">No sender has numbered its records.</p>;
  }
  const heads = ['Sender', 'Expected', 'Received', 'Missing', 'Refused', 'Dropped', 'State'];
  return (
    <div className="max-h-72 overflow-auto">
      <table className="text-sm">
        <thead>
          <tr className="text-left text-xs text-muted">
            {heads.map((head, index) => (
              <th
                key={head}
                scope="col"
                className={classNames(
                  'px-2 py-1 font-medium',
                  index > 0 && index < 6 && 'text-right',
                )}
              >
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {session.senders.map((sender) => (
            <tr key={sender.sender} className="border-t border-line2">
              <td className="px-2 py-1 font-mono" title={sender.sender}>
                {sender.sender.slice(0, 13)}
              </td>
              <Count value={sender.expected} />
              <Count value={sender.received} />
              <Count value={sender.missing} bad />
              <Count value={sender.refused} bad />
              <Count value={sender.dropped} bad title={reasonText(sender.dropped_by).trim()} />
              <td className="px-2 py-1">
                {sender.closed ? 'closed' : 'open'}
                {reasonText(sender.omitted) !== '' && `, left out${reasonText(sender.omitted)}`}
                {sender.clock_offset_ms !== 0 && `, clock off by ${sender.clock_offset_ms} ms`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CountProps {
  readonly value: number;
  readonly bad?: boolean;
  readonly title?: string;
}

function Count({ value, bad = false, title }: CountProps) {
  const tone = value === 0 ? 'text-faint' : bad ? 'font-semibold text-gold' : '';
  return (
    <td className={classNames('px-2 py-1 text-right', tone)} title={title}>
      {formatCount(value)}
    </td>
  );
}
