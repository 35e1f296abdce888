import { Download, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { buttonClass } from '../../../components/button.tsx';
import { messageOf } from '../../../components/error-state.tsx';
import { IconButton } from '../../../components/icon-button.tsx';
import { Menu, MenuItem } from '../../../components/menu.tsx';
import { showToast } from '../../../components/toasts.tsx';
import { apiUrl, type Query } from '../../../lib/api/api-fetch.ts';
import { exportFields, type ColumnState } from '../columns/column-state.ts';
import type { Range } from '../../../lib/url/range.ts';
import { bytesText, fileName } from './file-name.ts';
import { saveStream } from './save-stream.ts';

export interface ExportMenuProps {
  readonly query: () => Query;
  readonly range: Range;
  readonly columns: ColumnState;
}

/** Downloads exactly what the list shows, with progress and a way to stop. */
export function ExportMenu({ query, range, columns }: ExportMenuProps) {
  const [bytes, setBytes] = useState<number | null>(null);
  const abort = useRef<AbortController>(undefined);
  const start = async (format: 'csv' | 'jsonl') => {
    abort.current = new AbortController();
    setBytes(0);
    const name = fileName(range, Date.now(), format);
    const url = apiUrl('/sessions/export', {
      ...query(),
      format,
      columns: exportFields(columns).join(','),
    });
    try {
      await saveStream(url, name, abort.current.signal, setBytes);
      showToast(`Saved ${name}`);
    } catch (error) {
      if (!abort.current.signal.aborted && !isAbort(error)) showToast(messageOf(error), 'error');
    }
    setBytes(null);
  };
  if (bytes !== null) {
    return (
      <span className={buttonClass('plain', 'pr-0.5!')}>
        <output>Exporting {bytesText(bytes)}</output>
        <IconButton
          label="Stop the export"
          icon={<X size={13} strokeWidth={2} aria-hidden="true" />}
          onClick={() => abort.current?.abort()}
        />
      </span>
    );
  }
  return (
    <Menu
      trigger={
        <button type="button" className={buttonClass()}>
          <Download size={14} strokeWidth={1.6} aria-hidden="true" />
          <span className="max-sm:sr-only">Export</span>
        </button>
      }
    >
      <MenuItem onSelect={() => void start('csv')}>CSV, for spreadsheets</MenuItem>
      <MenuItem onSelect={() => void start('jsonl')}>JSON, one session a line</MenuItem>
    </Menu>
  );
}

function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}
