import { useState } from 'react';
import { Button } from './button.tsx';
import { classNames } from './class-names.ts';
import { Field, TextInput } from './field.tsx';
import { Popover } from './popover.tsx';
import { Segments } from './segments.tsx';
import { formatDayClock } from '../lib/format-time.ts';
import type { SearchParams } from '../lib/url/search-params.ts';
import { customRangeSearch, relativeRangeSearch, type Range } from '../lib/url/range.ts';

const relative = [
  { value: '24h', label: '24 h' },
  { value: '7d', label: '7 d' },
  { value: '30d', label: '30 d' },
] as const;

export interface RangePickerProps {
  readonly range: Range;
  readonly onChange: (change: SearchParams) => void;
}

/** The range of starts: a relative one, or from and to. */
export function RangePicker({ range, onChange }: RangePickerProps) {
  const [open, setOpen] = useState(false);
  const custom = range.name === 'custom';
  return (
    <div className="flex items-center gap-1">
      <Segments
        label="Range"
        value={range.name === 'custom' ? null : range.name}
        items={relative}
        onChange={(name) => onChange(relativeRangeSearch(name))}
      />
      <Popover
        label="Custom range"
        align="end"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button
            className={classNames(custom && 'border-transparent! bg-accent-soft! text-accent!')}
          >
            {custom ? rangeText(range) : 'Custom'}
          </Button>
        }
      >
        <CustomRange
          range={range}
          onChoose={(fromMs, toMs) => {
            setOpen(false);
            onChange(customRangeSearch(fromMs, toMs));
          }}
        />
      </Popover>
    </div>
  );
}

function CustomRange(props: { range: Range; onChoose: (fromMs: number, toMs: number) => void }) {
  const [from, setFrom] = useState(() => localText(props.range.fromMs));
  const [to, setTo] = useState(() => localText(props.range.toMs ?? Date.now()));
  const fromMs = new Date(from).getTime();
  const toMs = new Date(to).getTime();
  const valid = Number.isFinite(fromMs) && Number.isFinite(toMs) && fromMs < toMs;
  return (
    <form
      className="flex w-60 flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) props.onChoose(fromMs, toMs);
      }}
    >
      <Field label="From, local time">
        <TextInput
          type="datetime-local"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </Field>
      <Field label="To, local time">
        <TextInput
          type="datetime-local"
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
      </Field>
      {!valid && <p className="text-sm text-rust">The end must lie after the start.</p>}
      <Button type="submit" look="primary" disabled={!valid}>
        Show this range
      </Button>
    </form>
  );
}

function rangeText(range: Range): string {
  const nowMs = Date.now();
  return `${formatDayClock(range.fromMs, nowMs)} – ${formatDayClock(range.toMs ?? nowMs, nowMs)}`;
}

function localText(ms: number): string {
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 16);
}
