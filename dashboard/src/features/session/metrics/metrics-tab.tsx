import type { SessionDetail } from '@niitaka/protocol/session.ts';
import type { ReactNode } from 'react';
import { JsonTree } from '../../../components/json-tree.tsx';
import { Tag } from '../../../components/tag.tsx';
import { formatUtc } from '../../../lib/format-time.ts';
import { Heading } from '../heading.tsx';
import type { SessionTabProps } from '../session-tabs.tsx';

/** How it turned out, and what was told about it. */
export function MetricsTab({ session }: SessionTabProps) {
  const metrics = Object.entries(session.metrics);
  const tags = Object.entries(session.tags);
  const hasMetadata =
    typeof session.metadata === 'object' &&
    session.metadata !== null &&
    Object.keys(session.metadata).length > 0;
  return (
    <section
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls takes the focus
      tabIndex={0}
      className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto px-5 py-4 outline-offset-[-2px] max-sm:px-4"
    >
      <section>
        <Heading>Metrics</Heading>
        {metrics.length === 0 ? (
          <p className="text-muted">
            None reported. Call <code className="font-mono">set_metrics</code> inside the session,
            or <code className="font-mono">report_metrics</code> up to 7 days after its end.
          </p>
        ) : (
          <Facts
            rows={metrics.map(([name, value]) => ({
              name: name.replaceAll('_', ' '),
              value: <MetricView name={name} value={value} />,
            }))}
          />
        )}
      </section>
      {tags.length > 0 && (
        <section>
          <Heading>Tags</Heading>
          <div className="flex flex-wrap gap-1.5">
            {tags.map(([key, value]) => (
              <Tag key={key} className="max-w-full">
                <span className="truncate">
                  {key}: <span className="text-text">{value}</span>
                </span>
              </Tag>
            ))}
          </div>
        </section>
      )}
      <section>
        <Heading>Facts</Heading>
        <Facts rows={facts(session)} />
      </section>
      <section>
        <Heading>Metadata</Heading>
        {hasMetadata ? (
          <JsonTree value={session.metadata} label="Metadata" open={3} />
        ) : (
          <p className="text-muted">None was given at the start.</p>
        )}
      </section>
      {session.truncated.length > 0 && (
        <p className="text-sm text-gold">
          Cut to fit the limit: {session.truncated.map((cut) => cut.path).join(', ')}
        </p>
      )}
    </section>
  );
}

function MetricView({ name, value }: { readonly name: string; readonly value: number | boolean }) {
  if (typeof value === 'boolean') {
    const [mark, word, tone] = value ? ['✓', 'yes', 'text-accent'] : ['✗', 'no', 'text-rust'];
    return (
      <span className={`font-semibold ${tone}`}>
        <span aria-hidden="true">{mark}</span> {word}
      </span>
    );
  }
  return (
    <span className="flex items-center gap-3">
      <span className="font-semibold">{name === 'score' ? value.toFixed(2) : String(value)}</span>
      {name === 'score' && (
        <span aria-hidden="true" className="h-1 w-24 rounded-full bg-sunk">
          <span
            className="block h-full rounded-full bg-muted"
            style={{ width: `${value * 100}%` }}
          />
        </span>
      )}
    </span>
  );
}

interface Fact {
  readonly name: string;
  readonly value: ReactNode;
}

function Facts({ rows }: { readonly rows: readonly Fact[] }) {
  return (
    <dl className="grid grid-cols-[minmax(110px,auto)_1fr] gap-x-6 gap-y-1.5">
      {rows.map((row) => (
        <div key={row.name} className="contents">
          <dt className="text-muted">{row.name}</dt>
          <dd className="min-w-0 break-words">{row.value}</dd>
        </div>
      ))}
    </dl>
  );
}

function facts(session: SessionDetail): Fact[] {
  const utc = (at: string | null) => (at === null ? null : formatUtc(Date.parse(at)));
  const rows: { name: string; value: string | null }[] = [
    { name: 'Id', value: session.id },
    { name: 'Agent', value: session.agent_id },
    { name: 'Agent version', value: session.agent_version },
    { name: 'Environment', value: session.environment },
    { name: 'Experiment', value: session.experiment_id },
    { name: 'Variant', value: session.variant },
    { name: 'User', value: session.user_id },
    { name: 'Conversation', value: session.conversation_id },
    { name: 'Parent', value: session.parent_session_id },
    { name: 'Started', value: utc(session.started_at) },
    { name: 'Ended', value: utc(session.ended_at) },
    { name: 'Closed by', value: session.closed_by },
    { name: 'Last sign of life', value: utc(session.last_seen_at) },
    { name: 'Last event', value: utc(session.last_event_at) },
    {
      name: "Sender's clock",
      value:
        session.clock_offset_ms === 0
          ? null
          : `off by ${session.clock_offset_ms} ms; started ${utc(session.started_at_sent)} by its own`,
    },
  ];
  return rows.filter((row) => row.value !== null);
}
