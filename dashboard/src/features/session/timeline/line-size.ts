/** Height of a row of the waterfall in px. */
export const ROW_HEIGHT = 28;
/** Height of the head above the rows in px. */
export const AXIS_HEIGHT = 50;
