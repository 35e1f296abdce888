import { Segments } from '../../../components/segments.tsx';

export interface ChoiceFieldProps {
  readonly label: string;
  readonly value: string | undefined;
  /** Words by the URL's value; `any` stands for no filter. */
  readonly options: Readonly<Record<string, string>>;
  readonly onChange: (value: string | undefined) => void;
}

/** A filter with a few values. */
export function ChoiceField({ label, value, options, onChange }: ChoiceFieldProps) {
  return (
    <div className="flex items-center justify-between gap-3">
      <span className="text-sm text-muted">{label}</span>
      <Segments
        label={label}
        value={value ?? 'any'}
        items={Object.entries(options).map(([key, text]) => ({ value: key, label: text }))}
        onChange={(next) => onChange(next === 'any' ? undefined : next)}
      />
    </div>
  );
}
