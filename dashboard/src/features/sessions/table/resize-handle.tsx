import { useRef, type PointerEvent } from 'react';

/** The edge of a column, to be dragged; the column list sets the same width by keyboard. */
export function ResizeHandle({ onResize }: { readonly onResize: (width: number) => void }) {
  const drag = useRef<{ x: number; width: number }>(undefined);
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = { x: event.clientX, width: widthOf(event.currentTarget) };
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (drag.current) onResize(drag.current.width + event.clientX - drag.current.x);
  };
  return (
    <span
      aria-hidden="true"
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={() => {
        drag.current = undefined;
      }}
      className="absolute inset-y-1.5 -right-1 z-10 w-2 cursor-col-resize touch-none rounded-sm hover:bg-accent/30"
    />
  );
}

function widthOf(handle: Element): number {
  return handle.parentElement?.getBoundingClientRect().width ?? 0;
}
