import type { HealthReport } from '@niitaka/protocol/server-state.ts';
import { useQuery } from '@tanstack/react-query';
import { ErrorState } from '../../components/error-state.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { apiGet } from '../../lib/api/api-fetch.ts';
import { HealthFacts } from './health-facts.tsx';
import { HealthLosses } from './health-losses.tsx';
import { HealthRate } from './health-rate.tsx';
import { HealthState } from './health-state.tsx';
import { healthProblems } from './health-texts.ts';

/** How often the page asks, ms: as often as the server looks at itself. */
const askEveryMs = 5_000;

/** How the server and its storage are doing, anew every five seconds. */
export function HealthSection() {
  const health = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => apiGet<HealthReport>('/health', {}, signal),
    refetchInterval: askEveryMs,
  });
  if (health.data === undefined) {
    if (health.error === null) return <Skeleton className="h-64" />;
    const onRetry = () => void health.refetch();
    return <ErrorState what="The server does not say" error={health.error} onRetry={onRetry} />;
  }
  return (
    <div className="grid gap-4">
      <HealthState problems={healthProblems(health.data)} report={health.data} />
      <HealthRate ingest={health.data.ingest} />
      <HealthFacts report={health.data} />
      <HealthLosses lost={health.data.lost_by_senders} />
    </div>
  );
}
