import type { Policy } from '@niitaka/protocol/policy.ts';
import { ChevronDown } from 'lucide-react';
import { Button } from '../../../components/button.tsx';
import { messageOf } from '../../../components/error-state.tsx';
import { Menu, MenuChoice } from '../../../components/menu.tsx';
import { showToast } from '../../../components/toasts.tsx';
import { conflictOf, useSwitchMode } from '../policy-queries.ts';
import { ModeMark } from '../../../components/mode-mark.tsx';

export interface ModeSwitchProps {
  readonly policy: Policy;
  readonly mayChange: boolean;
}

const does: Readonly<Record<Policy['mode'], string>> = {
  enforce: 'acts',
  shadow: 'only records',
  off: 'is not asked',
};
const items = (['enforce', 'shadow', 'off'] as const).map((mode) => ({
  value: mode,
  label: (
    <>
      <ModeMark mode={mode} /> <span className="text-muted">{does[mode]}</span>
    </>
  ),
}));

/** The mode of a policy; admins switch it in place. */
export function ModeSwitch({ policy, mayChange }: ModeSwitchProps) {
  const change = useSwitchMode();
  if (!mayChange) return <ModeMark mode={policy.mode} />;
  const onError = (error: Error) =>
    showToast(
      conflictOf(error) === null
        ? messageOf(error)
        : `“${policy.name}” was changed at the same time. The list shows it as it stands now.`,
      'error',
    );
  const choose = (mode: Policy['mode']) => {
    if (mode !== policy.mode) change.mutate({ policy, mode }, { onError });
  };
  return (
    <Menu
      trigger={
        <Button
          look="ghost"
          aria-label={`Mode of ${policy.name}: ${policy.mode}`}
          disabled={change.isPending}
          className="-ml-2.5"
        >
          <ModeMark mode={change.isPending ? change.variables.mode : policy.mode} />
          <ChevronDown size={13} strokeWidth={1.8} aria-hidden="true" />
        </Button>
      }
    >
      <MenuChoice
        value={policy.mode}
        items={items}
        onChange={(next) => choose(next as Policy['mode'])}
      />
    </Menu>
  );
}
