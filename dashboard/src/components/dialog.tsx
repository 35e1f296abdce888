import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { popupClass } from './popup-class.ts';

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  readonly className?: string;
  /** Holds what was typed: a click beside it does not close it. */
  readonly holdsInput?: boolean;
}

/** A window above the page that holds the focus until it is closed. */
export function Dialog({
  open,
  onClose,
  title,
  children,
  className,
  holdsInput = false,
}: DialogProps) {
  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => next || onClose()}
      disablePointerDismissal={holdsInput}
    >
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[rgb(0_0_0/35%)] transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Base.Popup
          className={classNames(
            popupClass,
            'fixed top-[12vh] left-1/2 z-50 max-h-[76vh] w-[min(520px,calc(100vw-24px))] -translate-x-1/2 overflow-y-auto p-5',
            className,
          )}
        >
          <div className="mb-3 flex items-start justify-between gap-4">
            <Base.Title className="text-title">{title}</Base.Title>
            <Base.Close
              aria-label="Close"
              className="-m-1 rounded-sm p-1 text-muted hover:bg-sunk hover:text-text"
            >
              <X size={15} strokeWidth={1.6} aria-hidden="true" />
            </Base.Close>
          </div>
          {children}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
