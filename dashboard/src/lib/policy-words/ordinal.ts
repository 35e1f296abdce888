import { formatCount } from '../format-count.ts';

const endings: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' };

/** A place in a row: 1st, 2nd, 3rd, 11th, 41st. */
export function ordinal(place: number): string {
  const isTeen = Math.floor(place / 10) % 10 === 1;
  return `${formatCount(place)}${isTeen ? 'th' : (endings[place % 10] ?? 'th')}`;
}
