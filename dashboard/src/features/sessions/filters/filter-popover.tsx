import { Plus } from 'lucide-react';
import { useState } from 'react';
import { buttonClass } from '../../../components/button.tsx';
import { Popover } from '../../../components/popover.tsx';
import type { SearchParams } from '../../../lib/url/search-params.ts';
import { AgentChoice } from '../../../components/agent-choice.tsx';
import { BoundsField } from './bounds-field.tsx';
import { ChoiceField } from './choice-field.tsx';
import { TextField } from './text-field.tsx';

export interface FilterPopoverProps {
  readonly search: SearchParams;
  readonly onChange: (change: SearchParams) => void;
}

const yesNo = { any: 'Any', yes: 'Yes', no: 'No' } as const;
const texts = [
  ['experiment', 'Experiment', 'id, id'],
  ['variant', 'Variant', 'name, name'],
  ['user', 'User', 'user id'],
  ['conversation', 'Conversation', 'conversation id'],
  ['tag', 'Tag', 'key:value'],
] as const;

/** Every filter there is; each holds as soon as it is set. */
export function FilterPopover({ search, onChange }: FilterPopoverProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label="Filters"
      open={open}
      onOpenChange={setOpen}
      className="w-[560px]"
      trigger={
        <button type="button" className={buttonClass('dashed')}>
          <Plus size={13} strokeWidth={1.8} aria-hidden="true" /> Filter
        </button>
      }
    >
      <FilterForm search={search} onChange={onChange} />
    </Popover>
  );
}

function FilterForm({ search, onChange }: FilterPopoverProps) {
  return (
    <div className="grid grid-cols-2 gap-x-5 gap-y-3 max-sm:grid-cols-1">
      <AgentChoice value={search['agent']} onChange={(agent) => onChange({ agent })} />
      <OutcomeFields search={search} onChange={onChange} />
      <BoundsField
        label="Score"
        unit="0 – 1"
        scale={1}
        value={search['score']}
        onChange={(score) => onChange({ score })}
      />
      <BoundsField
        label="Cost"
        unit="USD"
        scale={1}
        value={search['cost']}
        onChange={(cost) => onChange({ cost })}
      />
      <BoundsField
        label="Duration"
        unit="seconds"
        scale={1_000}
        value={search['duration']}
        onChange={(duration) => onChange({ duration })}
      />
      {texts.map(([key, label, hint]) => (
        <TextField
          key={key}
          label={label}
          hint={hint}
          value={search[key]}
          onChange={(value) => onChange({ [key]: value })}
        />
      ))}
    </div>
  );
}

function OutcomeFields({ search, onChange }: FilterPopoverProps) {
  return (
    <div className="flex flex-col gap-3">
      <ChoiceField
        label="Errors"
        value={search['errors']}
        options={yesNo}
        onChange={(errors) => onChange({ errors })}
      />
      <ChoiceField
        label="Goal"
        value={search['goal']}
        options={{ any: 'Any', met: 'Met', missed: 'Missed' }}
        onChange={(goal) => onChange({ goal })}
      />
      <ChoiceField
        label="Incomplete"
        value={search['incomplete']}
        options={{ any: 'Any', yes: 'Only incomplete' }}
        onChange={(incomplete) => onChange({ incomplete })}
      />
      <ChoiceField
        label="Quiet"
        value={search['quiet']}
        options={{ any: 'Any', yes: 'Only quiet' }}
        onChange={(quiet) => onChange({ quiet })}
      />
    </div>
  );
}
