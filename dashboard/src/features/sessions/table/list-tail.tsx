import { Button } from '../../../components/button.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';

export interface ListTailProps {
  readonly loading: boolean;
  readonly failed: boolean;
  readonly onRetry: () => void;
}

/** The end of the list while more is read, or when that failed. */
export function ListTail(props: ListTailProps) {
  if (!props.loading && !props.failed) return null;
  return (
    <tfoot className="block">
      <tr className="flex h-[35px] items-center px-3">
        <td className="flex flex-1 items-center gap-3">
          {props.failed ? (
            <>
              <span className="text-rust">Older sessions could not be read.</span>
              <Button look="ghost" onClick={props.onRetry}>
                Retry
              </Button>
            </>
          ) : (
            <Skeleton className="h-3 w-1/2" />
          )}
        </td>
      </tr>
    </tfoot>
  );
}
