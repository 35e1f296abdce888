import { X } from 'lucide-react';
import { useSyncExternalStore } from 'react';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'info' | 'error';
}

const toastLimit = 3;
const shownMs = 6_000;

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

/** Says something in passing at the lower edge; errors stay until they are closed. */
export function showToast(text: string, tone: Toast['tone'] = 'info'): void {
  lastId += 1;
  const id = lastId;
  setToasts([...toasts, { id, text, tone }].slice(-toastLimit));
  if (tone === 'info') setTimeout(() => closeToast(id), shownMs);
}

/** The place where passing messages show; one per page. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <output className="pointer-events-none fixed inset-x-0 bottom-4 z-50 flex flex-col items-center gap-2 max-sm:bottom-18">
      {shown.map((toast) => (
        <div
          key={toast.id}
          className="pointer-events-auto flex max-w-[min(560px,calc(100vw-24px))] animate-slide-in items-center gap-3 rounded-lg border border-line bg-surface py-2 pr-2 pl-3.5 shadow-panel"
        >
          <span className={toast.tone === 'error' ? 'text-rust' : ''}>{toast.text}</span>
          <button
            type="button"
            aria-label="Close message"
            onClick={() => closeToast(toast.id)}
            className="rounded-sm p-1 text-muted hover:bg-sunk hover:text-text"
          >
            <X size={14} strokeWidth={1.6} aria-hidden="true" />
          </button>
        </div>
      ))}
    </output>
  );
}

function closeToast(id: number): void {
  setToasts(toasts.filter((toast) => toast.id !== id));
}

function setToasts(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
