import { useSessionSearch } from './session-search.ts';

/** Leads to an event on the timeline. */
export function EventLink({ eventId }: { readonly eventId: string }) {
  const [, setSearch] = useSessionSearch();
  return (
    <button
      type="button"
      onClick={() => setSearch({ tab: 'timeline', event: eventId, types: [], find: '' }, 'push')}
      className="text-accent underline-offset-3 hover:underline"
    >
      show the event
    </button>
  );
}
