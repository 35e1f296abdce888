import { useRef, type KeyboardEvent, type PointerEvent } from 'react';

const keyStepPx = 16;

export interface ResizeHandleProps {
  readonly label: string;
  readonly onResize: (width: number) => void;
}

/** The edge of a column: dragged, or moved with the arrow keys. */
export function ResizeHandle({ label, onResize }: ResizeHandleProps) {
  const drag = useRef<{ x: number; width: number }>(undefined);

  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, width: widthOf(event.currentTarget) };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (drag.current) onResize(drag.current.width + event.clientX - drag.current.x);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step =
      event.key === 'ArrowRight' ? keyStepPx : event.key === 'ArrowLeft' ? -keyStepPx : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onResize(widthOf(event.currentTarget) + step);
  };
  return (
    <button
      type="button"
      aria-label={`${label}: arrow keys change it`}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        drag.current = undefined;
      }}
      onKeyDown={onKeyDown}
      className="absolute inset-y-1.5 -right-1 z-10 w-2 cursor-col-resize touch-none rounded-sm outline-offset-0 hover:bg-accent/30"
    />
  );
}

function widthOf(handle: Element): number {
  return handle.parentElement?.getBoundingClientRect().width ?? 0;
}
