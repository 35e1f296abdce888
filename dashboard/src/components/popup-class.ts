/** The look of everything that opens above the page. */
export const popupClass =
  'rounded-lg border border-line bg-surface text-text shadow-panel outline-none transition-[opacity,translate] data-[ending-style]:-translate-y-1 data-[ending-style]:opacity-0 data-[starting-style]:-translate-y-1 data-[starting-style]:opacity-0';
