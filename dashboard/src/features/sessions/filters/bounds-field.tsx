import { TextInput } from '../../../components/field.tsx';
import { boundsText, parseBounds } from './bounds.ts';

export interface BoundsFieldProps {
  readonly label: string;
  readonly unit: string;
  /** How many of the URL's units one typed unit is. */
  readonly scale: number;
  readonly value: string | undefined;
  readonly onChange: (value: string | undefined) => void;
}

/** A filter with a lower and an upper bound. */
export function BoundsField({ label, unit, scale, value, onChange }: BoundsFieldProps) {
  const bounds = parseBounds(value) ?? { min: null, max: null };
  const take = (side: 'min' | 'max', text: string) => {
    const number = Number(text.replace(',', '.'));
    const valid = text.trim() !== '' && Number.isFinite(number) && number >= 0;
    const next = boundsText({ ...bounds, [side]: valid ? number * scale : null });
    if (next !== value) onChange(next);
  };
  const input = (side: 'min' | 'max', name: string) => (
    <TextInput
      key={`${side}${bounds[side] ?? ''}`}
      aria-label={`${label}, ${name}, ${unit}`}
      inputMode="decimal"
      placeholder={name}
      defaultValue={bounds[side] === null ? '' : String(bounds[side] / scale)}
      onBlur={(event) => take(side, event.target.value)}
      onKeyDown={(event) => event.key === 'Enter' && take(side, event.currentTarget.value)}
    />
  );
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="float-left text-sm text-muted">
        {label} <span className="text-faint">{unit}</span>
      </legend>
      <div className="flex items-center gap-1.5">
        {input('min', 'from')}
        <span aria-hidden="true" className="text-faint">
          –
        </span>
        {input('max', 'to')}
      </div>
    </fieldset>
  );
}
