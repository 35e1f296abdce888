import { Dialog } from '../../components/dialog.tsx';
import { keyHelp } from '../../lib/keys/key-help.ts';

/** Every key there is. */
export function KeyHelpDialog({
  open,
  onClose,
}: {
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Dialog open={open} onClose={onClose} title="Keys">
      {keyHelp.map((group) => (
        <section key={group.title} className="mt-4 first:mt-0">
          <h3 className="mb-1 text-sm text-muted">{group.title}</h3>
          <dl>
            {group.keys.map((line) => (
              <div key={line.does} className="flex items-center gap-3 border-t border-line2 py-1.5">
                <dt className="flex w-24 shrink-0 gap-1">
                  {line.keys.map((key) => (
                    <kbd
                      key={key}
                      className="min-w-6 rounded-sm border border-line bg-row px-1.5 text-center font-sans text-sm font-semibold"
                    >
                      {key}
                    </kbd>
                  ))}
                </dt>
                <dd>{line.does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
