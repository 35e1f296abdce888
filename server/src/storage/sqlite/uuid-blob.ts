/** A UUID as its 16 bytes. */
export function uuidBlob(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/** As {@link uuidBlob}, for an id that may be absent. */
export function uuidBlobOrNull(uuid: string | null): Buffer | null {
  return uuid === null ? null : uuidBlob(uuid);
}

/** 16 bytes as a lower-case UUID. */
export function uuidText(blob: Uint8Array): string {
  const hex = Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** As {@link uuidText}, for a column that may be null. */
export function uuidTextOrNull(blob: Uint8Array | null): string | null {
  return blob === null ? null : uuidText(blob);
}
