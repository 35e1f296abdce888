import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { classNames } from '../../components/class-names.ts';
import { useIdentity } from '../../lib/api/use-identity.ts';
import { Appearance } from './appearance.tsx';
import { AuditSection } from './audit-section.tsx';
import { HealthSection } from './health-section.tsx';
import { KeysSection } from './keys-section.tsx';
import { PeopleSection } from './people-section.tsx';
import { SamplesSection } from './samples-section.tsx';

interface Section {
  readonly id: string;
  readonly title: string;
  readonly render: () => ReactNode;
}

const sections: readonly Section[] = [
  { id: 'keys', title: 'API keys', render: () => <KeysSection /> },
  { id: 'people', title: 'People', render: () => <PeopleSection /> },
  { id: 'audit', title: 'Audit log', render: () => <AuditSection /> },
  { id: 'health', title: 'Health', render: () => <HealthSection /> },
  { id: 'samples', title: 'Sample data', render: () => <SamplesSection /> },
  { id: 'appearance', title: 'Appearance', render: () => <Appearance /> },
];

/** Keys, people, what was done, how the server is, sample data, and the look of the pages. */
export function SettingsPage() {
  const { section: id } = useParams({ strict: false });
  const identity = useIdentity();
  const section = sections.find((one) => one.id === id) ?? sections[0];
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="max-w-[1160px] px-5 pt-3 pb-10 max-sm:px-3">
        <header className="flex h-[30px] items-center justify-between">
          <h1 className="text-title">Settings</h1>
          <span className="text-sm text-muted">
            {identity && `Organisation ${identity.organisation.name} · version ${identity.version}`}
          </span>
        </header>
        <nav aria-label="Settings" className="mt-3 flex gap-5 overflow-x-auto border-b border-line">
          {sections.map((one) => (
            <Link
              key={one.id}
              to="/settings/{-$section}"
              params={{ section: one.id }}
              aria-current={one === section ? 'page' : undefined}
              className={classNames(
                'flex h-9 items-center border-b-2 font-semibold whitespace-nowrap outline-offset-[-2px]',
                one === section
                  ? 'border-text text-text'
                  : 'border-transparent text-muted hover:text-text',
              )}
            >
              {one.title}
            </Link>
          ))}
        </nav>
        <div className="pt-5">{section?.render()}</div>
      </div>
    </div>
  );
}
