/** One line of the key list: the keys and what they do. */
export interface KeyHelp {
  readonly keys: readonly string[];
  readonly does: string;
}

/** Every key of the pages by where it works; the `?` dialog shows this list. */
export const keyHelp: readonly { readonly title: string; readonly keys: readonly KeyHelp[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      { keys: ['Ctrl', 'K'], does: 'Command palette: pages, sessions, agents, views' },
      { keys: ['/'], does: 'Search' },
      { keys: ['?'], does: 'This list' },
      { keys: ['Esc'], does: 'Close what is open' },
    ],
  },
  {
    title: 'Sessions',
    keys: [
      { keys: ['j'], does: 'Next row' },
      { keys: ['k'], does: 'Previous row' },
      { keys: ['Enter'], does: 'Open the session' },
      { keys: ['→'], does: 'Show the children' },
      { keys: ['←'], does: 'Hide the children, or go to the parent' },
      {
        keys: ['←', '→', 'Enter'],
        does: 'In the histogram: choose bars, with Shift several, and zoom',
      },
    ],
  },
  {
    title: 'Agents, signals and policies',
    keys: [
      { keys: ['j', 'k'], does: 'Next and previous row or card' },
      { keys: ['Enter'], does: 'Open it' },
    ],
  },
  {
    title: 'An open session',
    keys: [
      { keys: ['j', 'k'], does: 'Next and previous event' },
      { keys: ['Enter'], does: 'Open the event' },
      { keys: ['→', '←'], does: 'Unfold and fold' },
      { keys: ['+', '-', '0'], does: 'In the strip: zoom in, out, show all' },
      { keys: ['[', ']'], does: 'Previous and next tab' },
      { keys: ['Esc'], does: 'Back to the list' },
    ],
  },
];
