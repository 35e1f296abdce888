import type { View } from '@niitaka/protocol/access.ts';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Bookmark, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, buttonClass } from '../../../components/button.tsx';
import { messageOf } from '../../../components/error-state.tsx';
import { TextInput } from '../../../components/field.tsx';
import { IconButton } from '../../../components/icon-button.tsx';
import { Popover } from '../../../components/popover.tsx';
import { apiGet, apiSend } from '../../../lib/api/api-fetch.ts';
import { withoutDrawer } from '../../../lib/url/drawer-search.ts';
import { stringifySearchParams, type SearchParams } from '../../../lib/url/search-params.ts';

export interface ViewsMenuProps {
  readonly search: SearchParams;
  readonly onOpen: (query: string) => void;
}

/** Filters kept under a name; opened, kept, and deleted here. */
export function ViewsMenu({ search, onOpen }: ViewsMenuProps) {
  const [open, setOpen] = useState(false);
  const cache = useQueryClient();
  const views = useQuery({
    queryKey: ['views'],
    queryFn: ({ signal }) => apiGet<{ items: View[] }>('/views', {}, signal),
  });
  const again = () => cache.invalidateQueries({ queryKey: ['views'] });
  const query = stringifySearchParams(withoutDrawer(search)).slice(1);
  const keep = useMutation({
    mutationFn: (name: string) => apiSend('POST', '/views', { name, page: 'sessions', query }),
    onSuccess: again,
  });
  const remove = useMutation({
    mutationFn: (id: string) => apiSend('DELETE', `/views/${id}`),
    onSuccess: again,
  });
  const failure = keep.error ?? remove.error ?? views.error;
  return (
    <Popover
      label="Saved views"
      align="end"
      className="w-72"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button type="button" className={buttonClass()}>
          <Bookmark size={14} strokeWidth={1.6} aria-hidden="true" />
          <span className="max-sm:sr-only">Views</span>
        </button>
      }
    >
      <ul>
        {views.data?.items.map((view) => (
          <li key={view.id} className="flex items-center rounded-sm hover:bg-sunk">
            <button
              type="button"
              className="min-h-8 min-w-0 flex-1 truncate rounded-sm px-2 text-left"
              onClick={() => {
                setOpen(false);
                onOpen(view.query);
              }}
            >
              {view.name}
            </button>
            <IconButton
              label={`Delete view ${view.name}`}
              icon={<Trash2 size={13} strokeWidth={1.6} aria-hidden="true" />}
              onClick={() => remove.mutate(view.id)}
            />
          </li>
        ))}
      </ul>
      {views.data?.items.length === 0 && (
        <p className="px-2 pb-2 text-muted">
          No view yet. Set filters, then keep them under a name.
        </p>
      )}
      <form
        className="mt-1 flex gap-2 border-t border-line2 pt-2"
        onSubmit={(event) => {
          event.preventDefault();
          const name = new FormData(event.currentTarget).get('name');
          if (typeof name !== 'string' || name.trim() === '') return;
          event.currentTarget.reset();
          keep.mutate(name.trim());
        }}
      >
        <TextInput
          name="name"
          aria-label="Name of the view"
          placeholder="Name of this view"
          maxLength={100}
        />
        <Button type="submit" disabled={keep.isPending}>
          Keep
        </Button>
      </form>
      {failure !== null && <p className="mt-2 text-sm text-rust">{messageOf(failure)}</p>}
    </Popover>
  );
}
