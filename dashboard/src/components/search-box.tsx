import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useHotkeys } from '../lib/keys/use-hotkeys.ts';

const settleMs = 220;

export interface SearchBoxProps {
  /** What is searched: "Search goals". */
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Narrows a list by words; the URL follows when typing pauses. */
export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  const [text, setText] = useState(value);
  const [settled, setSettled] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  if (settled !== value) {
    setSettled(value);
    setText(value);
  }
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), settleMs);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  useHotkeys({ '/': () => input.current?.focus() });
  useEffect(() => {
    // The key / on another page leads here.
    if (window.location.hash === '#search') input.current?.focus();
  }, []);
  return (
    <span className="relative flex w-[210px] items-center max-sm:w-full">
      <Search
        size={14}
        strokeWidth={1.6}
        aria-hidden="true"
        className="absolute left-2.5 text-faint"
      />
      <input
        ref={input}
        type="search"
        id="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          if (text === '') event.currentTarget.blur();
          else setText('');
        }}
        className="h-[30px] w-full rounded-md border border-line bg-surface pr-7 pl-8 hover:border-faint max-sm:h-9 max-sm:text-[16px] [&::-webkit-search-cancel-button]:hidden"
      />
      <kbd
        aria-hidden="true"
        className="absolute right-2 rounded-sm border border-line px-1 font-sans text-xs text-faint max-sm:hidden"
      >
        /
      </kbd>
    </span>
  );
}
