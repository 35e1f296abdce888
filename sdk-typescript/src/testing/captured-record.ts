/** One record as it would have gone over the wire. */
export interface CapturedRecord {
  readonly kind: string;
  readonly [field: string]: unknown;
}
