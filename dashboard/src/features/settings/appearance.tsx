import { Segments } from '../../components/segments.tsx';
import { setTheme, useTheme } from '../../lib/theme.ts';

const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

/** The theme of this browser. */
export function Appearance() {
  const theme = useTheme();
  return (
    <div className="flex items-center gap-4">
      <span>Theme of this browser</span>
      <Segments label="Theme" value={theme} items={themes} onChange={setTheme} />
    </div>
  );
}
