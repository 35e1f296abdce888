import { columnIds, columns, type ColumnId } from './columns.ts';

/** Which columns show, in which order and how wide; kept per browser. */
export interface ColumnState {
  readonly order: readonly ColumnId[];
  readonly hidden: readonly ColumnId[];
  readonly widths: Readonly<Partial<Record<ColumnId, number>>>;
}

/** The columns as first shown. */
export const defaultColumns: ColumnState = {
  order: columnIds,
  hidden: ['tokens', 'environment', 'user', 'conversation', 'experiment', 'tags', 'id'],
  widths: {},
};

const widest = 900;

/** The columns that show, in order. */
export function visibleColumns(state: ColumnState): ColumnId[] {
  return state.order.filter((id) => !state.hidden.includes(id));
}

/** Shows or hides a column; the goal always shows. */
export function toggleColumn(state: ColumnState, id: ColumnId): ColumnState {
  if (id === 'goal') return state;
  const hidden = state.hidden.includes(id)
    ? state.hidden.filter((other) => other !== id)
    : [...state.hidden, id];
  return { ...state, hidden };
}

/** Moves a column one place to the left (-1) or to the right (1). */
export function moveColumn(state: ColumnState, id: ColumnId, step: -1 | 1): ColumnState {
  const from = state.order.indexOf(id);
  const other = state.order[from + step];
  if (from === -1 || other === undefined) return state;
  const order = [...state.order];
  order[from] = other;
  order[from + step] = id;
  return { ...state, order };
}

/** Sets a column's width in px, within its limits. */
export function resizeColumn(state: ColumnState, id: ColumnId, width: number): ColumnState {
  if (!Number.isFinite(width)) return state;
  const fitted = Math.round(Math.min(widest, Math.max(columns[id].minWidth, width)));
  return { ...state, widths: { ...state.widths, [id]: fitted } };
}

/** The columns as a CSS grid. */
export function gridTemplate(state: ColumnState): string {
  return visibleColumns(state)
    .map((id) => {
      const width = state.widths[id] ?? columns[id].width;
      return width === null ? `minmax(${columns[id].minWidth}px, 1fr)` : `${width}px`;
    })
    .join(' ');
}

/** The width below which the list scrolls sideways, in px. */
export function leastWidth(state: ColumnState): number {
  return visibleColumns(state).reduce(
    (sum, id) => sum + (state.widths[id] ?? columns[id].width ?? columns[id].minWidth),
    0,
  );
}

/** The fields an export writes: those of the columns that show, in their order, with the id first. */
export function exportFields(state: ColumnState): string[] {
  return [...new Set(['id', ...visibleColumns(state).flatMap((id) => columns[id].fields)])];
}

/** Whether what was kept still is a column state with exactly the columns there are. */
export function isColumnState(value: unknown): value is ColumnState {
  if (typeof value !== 'object' || value === null) return false;
  const { order, hidden, widths } = value as Partial<Record<keyof ColumnState, unknown>>;
  return (
    Array.isArray(order) &&
    order.length === columnIds.length &&
    columnIds.every((id) => order.includes(id)) &&
    Array.isArray(hidden) &&
    typeof widths === 'object' &&
    widths !== null
  );
}
