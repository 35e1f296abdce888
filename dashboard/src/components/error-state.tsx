import { Button } from './button.tsx';

export interface ErrorStateProps {
  readonly what: string;
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** Says what failed and why, and offers to try again. */
export function ErrorState({ what, error, onRetry }: ErrorStateProps) {
  return (
    <div
      role="alert"
      className="flex flex-col items-center justify-center gap-1 px-6 py-12 text-center"
    >
      <p className="font-semibold text-rust">{what}</p>
      <p className="max-w-[60ch] text-muted">{messageOf(error)}</p>
      {onRetry && (
        <Button className="mt-3" onClick={onRetry}>
          Retry
        </Button>
      )}
    </div>
  );
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
