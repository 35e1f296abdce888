import { sparklinePath } from './sparkline-path.ts';

export interface SparklineProps {
  readonly values: readonly number[];
  readonly width: number;
  readonly height: number;
  /** Fills the width that its place has. */
  readonly stretched?: boolean;
  readonly className?: string;
}

/** How a figure went, as a line without scales; the figure beside it says the number. */
export function Sparkline({ values, width, height, stretched = false, className }: SparklineProps) {
  return (
    <svg
      aria-hidden="true"
      width={width}
      height={height}
      {...(stretched && { preserveAspectRatio: 'none' })}
      viewBox={`0 0 ${width} ${height}`}
      className={className}
    >
      <path
        d={sparklinePath(values, width, height)}
        fill="none"
        stroke="currentColor"
        strokeWidth={1.25}
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}
