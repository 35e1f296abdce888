import { useState } from 'react';
import { readStored, writeStored } from '../../../lib/stored.ts';
import { defaultColumns, isColumnState, type ColumnState } from './column-state.ts';

const key = 'niitaka.sessions.columns';

/** The columns of this browser and how to change them. */
export function useColumns(): [ColumnState, (next: ColumnState) => void] {
  const [state, setState] = useState(() => readStored(key, isColumnState, defaultColumns));
  const change = (next: ColumnState) => {
    setState(next);
    writeStored(key, next);
  };
  return [state, change];
}
