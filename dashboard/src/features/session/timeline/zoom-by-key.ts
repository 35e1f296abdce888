import { fractionAt, timeAt, type Interval, type TimeScale } from './time-scale.ts';

/** A narrower stretch than this share of the axis shows nothing more. */
const leastWidth = 0.002;
/** Arrows move by this share of what is shown. */
const stepShare = 0.25;

/**
 * What is shown after a key: + and - zoom about the middle, arrows and Home and End move, 0 shows all.
 * Null is the whole session; undefined is a key that does nothing here.
 */
export function zoomByKey(
  zoom: Interval | null,
  whole: TimeScale,
  key: string,
): Interval | null | undefined {
  const from = zoom === null ? 0 : fractionAt(whole, zoom.startMs);
  const to = zoom === null ? 1 : fractionAt(whole, zoom.endMs);
  const width = to - from;
  const middle = (from + to) / 2;
  switch (key) {
    case '+':
    case '=':
      return stretch(whole, middle, Math.max(leastWidth, width / 2));
    case '-':
      return width * 2 >= 1 ? null : stretch(whole, middle, width * 2);
    case 'ArrowLeft':
      return zoom && stretch(whole, middle - width * stepShare, width);
    case 'ArrowRight':
      return zoom && stretch(whole, middle + width * stepShare, width);
    case 'Home':
      return zoom && stretch(whole, 0, width);
    case 'End':
      return zoom && stretch(whole, 1, width);
    case '0':
      return null;
    default:
      return undefined;
  }
}

function stretch(whole: TimeScale, middle: number, width: number): Interval {
  const from = Math.min(1 - width, Math.max(0, middle - width / 2));
  return { startMs: timeAt(whole, from), endMs: timeAt(whole, from + width) };
}
