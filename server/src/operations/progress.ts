/** Where progress is shown; a terminal is drawn upon, anything else gets a line now and then. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows how far a long work has come. */
export interface Progress {
  show(done: number, total: number): void;
  /** Takes the bar off the terminal. */
  end(): void;
}

/** How often a terminal is drawn upon, and how often there is a line elsewhere, ms. */
const drawEveryMs = 100;
const lineEveryMs = 5_000;

const barWidth = 30;

/** Opens progress of a work under its name; `nowMs` tells the time that passes. */
export function openProgress(
  stream: ProgressStream,
  name: string,
  nowMs: () => number = () => performance.now(),
): Progress {
  const isTerminal = stream.isTTY === true;
  let shownAtMs = isTerminal ? -Infinity : nowMs();
  return {
    show(done, total) {
      const now = nowMs();
      if (now - shownAtMs < (isTerminal ? drawEveryMs : lineEveryMs)) return;
      shownAtMs = now;
      const share = total === 0 ? 1 : Math.min(1, done / total);
      const percent = `${Math.floor(share * 100)} %`;
      const counts = `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`;
      if (!isTerminal) stream.write(`${name}: ${percent}, ${counts}\n`);
      else stream.write(`\r\u001B[K${bar(share)} ${percent.padStart(5)} ${name}, ${counts}`);
    },
    end() {
      if (isTerminal) stream.write('\r\u001B[K');
    },
  };
}

function bar(share: number): string {
  const full = Math.round(share * barWidth);
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
}
