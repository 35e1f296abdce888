import { fractionAt, type TimeScale } from './time-scale.ts';

/** A mark on the time axis: where it stands (0 to 1) and the time since the session's start. */
export interface AxisTick {
  readonly fraction: number;
  readonly elapsedMs: number;
  /** The distance of ticks here: how exact its words must be. */
  readonly stepMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const stepsMs = [
  1,
  2,
  5,
  10,
  20,
  50,
  100,
  200,
  500,
  ...[1, 2, 5, 10, 20, 40].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 20, 40].map((n) => n * MINUTE),
  ...[1, 2, 4, 8, 12].map((n) => n * HOUR),
  ...[1, 2, 5, 10, 20, 50, 100].map((n) => n * DAY),
];
const MIN_GAP_PX = 74;
const MAX_TICKS = 40;

/** Round times since `originMs`, at least 74 px apart on an axis of that width, none inside a fold. */
export function axisTicks(scale: TimeScale, originMs: number, widthPx: number): AxisTick[] {
  const gap = MIN_GAP_PX / Math.max(widthPx, MIN_GAP_PX);
  const ticks: AxisTick[] = [];
  for (const segment of scale.segments) {
    if (segment.folded) continue;
    const lengthMs = segment.endMs - segment.startMs;
    const leastStep = (lengthMs * gap) / Math.max(segment.to - segment.from, 1e-9);
    const step = stepsMs.find((one) => one >= leastStep) ?? leastStep;
    const first = Math.ceil((segment.startMs - originMs) / step) * step;
    for (let at = first; at <= segment.endMs - originMs && ticks.length < MAX_TICKS; at += step) {
      const fraction = fractionAt(scale, originMs + at);
      const last = ticks.at(-1);
      if (fraction > 1 - gap / 3) break;
      if (last === undefined || fraction - last.fraction >= gap * 0.99) {
        ticks.push({ fraction, elapsedMs: at, stepMs: step });
      }
    }
  }
  return ticks;
}

/**
 * A time on the axis as short as it can be: 0, 40 s, 1 m 20 s, 2 h 5 m, 3 d; where ticks stand
 * closer than that tells apart, as 3:25:10 or 1:20.500.
 */
export function formatElapsed(ms: number, stepMs = Infinity): string {
  if (ms === 0) return '0';
  const close = ms >= HOUR ? stepMs < MINUTE : ms >= MINUTE && stepMs < SECOND;
  if (close) return clock(ms, stepMs);
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${Number((ms / SECOND).toFixed(1))} s`;
  if (ms < HOUR) return pair(ms, MINUTE, 'm', SECOND, 's');
  if (ms < DAY) return pair(ms, HOUR, 'h', MINUTE, 'm');
  return pair(ms, DAY, 'd', HOUR, 'h');
}

function clock(ms: number, stepMs: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const hours = ms >= HOUR ? `${Math.floor(ms / HOUR)}:` : '';
  const minutes = hours === '' ? String(Math.floor(ms / MINUTE)) : two((ms % HOUR) / MINUTE);
  const rest = stepMs < SECOND ? `.${String(Math.round(ms % SECOND)).padStart(3, '0')}` : '';
  return `${hours}${minutes}:${two((ms % MINUTE) / SECOND)}${rest}`;
}

function pair(ms: number, big: number, bigUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((ms % big) / small);
  const whole = `${Math.floor(ms / big)} ${bigUnit}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallUnit}`;
}
