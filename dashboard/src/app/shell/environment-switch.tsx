import type { EnvironmentList } from '@niitaka/protocol/access.ts';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ChevronsUpDown } from 'lucide-react';
import type { z } from 'zod';
import { Menu, MenuChoice } from '../../components/menu.tsx';
import { apiGet } from '../../lib/api/api-fetch.ts';
import { allEnvironments, defaultEnvironment } from '../../lib/url/environment.ts';

/** Chooses the environment all pages show. */
export function EnvironmentSwitch() {
  const env = useSearch({ strict: false }).env ?? defaultEnvironment;
  const navigate = useNavigate();
  const seen = useQuery({
    queryKey: ['environments'],
    queryFn: ({ signal }) => apiGet<z.infer<typeof EnvironmentList>>('/environments', {}, signal),
  });
  const names = [...new Set([defaultEnvironment, ...(seen.data?.items ?? []), env])];
  const items = names
    .filter((name) => name !== allEnvironments)
    .map((name) => ({ value: name, label: <span className="truncate">{name}</span> }));
  return (
    <Menu
      align="start"
      className="w-48"
      trigger={
        <button
          type="button"
          aria-label={`Environment: ${nameOf(env)}`}
          className="mb-2.5 flex h-[34px] items-center gap-2 rounded-md border border-line bg-surface px-2.5 font-semibold hover:bg-row max-sm:m-0 max-sm:h-full max-sm:max-w-[30vw] max-sm:min-w-0 max-sm:flex-[1.4] max-sm:flex-col max-sm:justify-center max-sm:gap-0.5 max-sm:border-transparent max-sm:px-1 max-sm:bg-transparent max-sm:text-xs max-sm:font-medium max-sm:text-muted"
        >
          <span className="size-2 shrink-0 rounded-[3px] bg-accent" aria-hidden="true" />
          <span className="min-w-0 flex-1 truncate text-left max-sm:max-w-full max-sm:flex-none">
            {nameOf(env)}
          </span>
          <ChevronsUpDown
            size={13}
            strokeWidth={1.6}
            aria-hidden="true"
            className="text-faint max-sm:hidden"
          />
        </button>
      }
    >
      <MenuChoice
        value={env}
        items={[...items, { value: allEnvironments, label: 'All environments' }]}
        onChange={(next) =>
          void navigate({
            to: '.',
            search: (old) => ({ ...old, env: next === defaultEnvironment ? undefined : next }),
          })
        }
      />
    </Menu>
  );
}

function nameOf(env: string): string {
  return env === allEnvironments ? 'All environments' : env;
}
