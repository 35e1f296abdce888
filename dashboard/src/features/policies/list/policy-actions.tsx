import type { Policy } from '@niitaka/protocol/policy.ts';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { Menu, MenuItem, MenuLine } from '../../../components/menu.tsx';
import { usePolicySearch } from '../use-policy-search.ts';
import { DeleteDialog } from './delete-dialog.tsx';

export interface PolicyActionsProps {
  readonly policy: Policy;
  readonly mayChange: boolean;
}

/** What can be done with one policy. */
export function PolicyActions({ policy, mayChange }: PolicyActionsProps) {
  const [asking, setAsking] = useState(false);
  const [, open] = usePolicySearch();
  return (
    <>
      <Menu
        trigger={
          <button
            type="button"
            aria-label={`Actions for ${policy.name}`}
            className="inline-flex size-[30px] items-center justify-center rounded-md text-muted hover:bg-sunk hover:text-text aria-expanded:bg-sunk max-sm:size-9"
          >
            <Ellipsis size={15} strokeWidth={1.6} aria-hidden="true" />
          </button>
        }
      >
        {mayChange && <MenuItem onSelect={() => open(policy.id)}>Change…</MenuItem>}
        <MenuItem onSelect={() => open(policy.id, true)}>History…</MenuItem>
        {mayChange && (
          <>
            <MenuLine />
            <MenuItem danger onSelect={() => setAsking(true)}>
              Delete…
            </MenuItem>
          </>
        )}
      </Menu>
      {asking && <DeleteDialog policy={policy} onClose={() => setAsking(false)} />}
    </>
  );
}
