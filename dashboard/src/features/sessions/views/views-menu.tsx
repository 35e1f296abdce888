import { Bookmark, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, buttonClass } from '../../../components/button.tsx';
import { messageOf } from '../../../components/error-state.tsx';
import { TextInput } from '../../../components/field.tsx';
import { IconButton } from '../../../components/icon-button.tsx';
import { Popover } from '../../../components/popover.tsx';
import { withoutDrawer } from '../../../lib/url/drawer-search.ts';
import { stringifySearchParams, type SearchParams } from '../../../lib/url/search-params.ts';
import { useViews } from './use-views.ts';

export interface ViewsMenuProps {
  readonly search: SearchParams;
  readonly onOpen: (query: string) => void;
}

/** Filters kept under a name; opened, kept, and deleted here. */
export function ViewsMenu({ search, onOpen }: ViewsMenuProps) {
  const [open, setOpen] = useState(false);
  const query = stringifySearchParams(withoutDrawer(search)).slice(1);
  const { views, keep, remove, failure } = useViews(query);
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
      <KeepForm busy={keep.isPending} onKeep={(name) => keep.mutate(name)} />
      {failure !== null && <p className="mt-2 text-sm text-rust">{messageOf(failure)}</p>}
    </Popover>
  );
}

function KeepForm(props: { readonly busy: boolean; readonly onKeep: (name: string) => void }) {
  const { busy, onKeep } = props;
  return (
    <form
      className="mt-1 flex gap-2 border-t border-line2 pt-2"
      onSubmit={(event) => {
        event.preventDefault();
        const name = new FormData(event.currentTarget).get('name');
        if (typeof name !== 'string' || name.trim() === '') return;
        event.currentTarget.reset();
        onKeep(name.trim());
      }}
    >
      <TextInput
        name="name"
        aria-label="Name of the view"
        placeholder="Name of this view"
        maxLength={100}
      />
      <Button type="submit" disabled={busy}>
        Keep
      </Button>
    </form>
  );
}
