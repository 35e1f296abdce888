import { CautionMark } from '../../components/caution-mark.tsx';
import { classNames } from '../../components/class-names.ts';
import type { FigureText } from './figure-texts.ts';

const tones: Readonly<Record<FigureText['tone'], string>> = {
  plain: '',
  faint: 'text-faint',
  bad: 'text-rust',
  alive: 'text-accent',
};

export interface FigureValueProps {
  readonly figure: FigureText;
  readonly className?: string;
}

/** One figure, with the reason where it is not the whole truth. */
export function FigureValue({ figure, className }: FigureValueProps) {
  return (
    <span className={classNames('inline-flex items-baseline gap-1', tones[figure.tone], className)}>
      {figure.text}
      <CautionMark why={figure.caution} />
    </span>
  );
}
