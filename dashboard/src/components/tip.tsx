import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';

/** A short text that shows when its child is hovered or focused. */
export function Tip({
  text,
  children,
}: {
  readonly text: ReactNode;
  readonly children: ReactElement;
}) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children as ReactElement<Record<string, unknown>>} delay={350} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup className="max-w-80 rounded-sm bg-text px-2 py-1 text-sm text-bg shadow-panel transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0">
            {text}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
