import { ChevronRight } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { classNames } from '../../components/class-names.ts';

/** Detail that is there on demand. */
export function Disclosure({
  title,
  children,
}: {
  readonly title: ReactNode;
  readonly children: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <div>
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="-ml-1 flex min-h-6 items-center gap-0.5 rounded-sm pr-1 text-sm text-muted hover:text-text"
      >
        <ChevronRight
          size={13}
          strokeWidth={1.8}
          aria-hidden="true"
          className={classNames('transition-transform', open && 'rotate-90')}
        />
        {title}
      </button>
      {open && <div className="mt-1">{children}</div>}
    </div>
  );
}
