import { utf8 } from '../text/utf8.ts';
import { sha1 } from './sha1.ts';

/** The nil UUID: the namespace of what belongs to no session. */
export const nilUuid = '00000000-0000-0000-0000-000000000000';

/** The UUID version 5 (RFC 9562) of a name within a namespace, itself a UUID; the same input, the same id. */
export function uuidV5(namespace: string, name: string): string {
  const nameBytes = utf8(name);
  const bytes = new Uint8Array(16 + nameBytes.length);
  bytes.set(uuidBytes(namespace));
  bytes.set(nameBytes, 16);
  const digest = sha1(bytes);
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x50;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(digest.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0'));
  const text = hex.join('');
  return `${text.slice(0, 8)}-${text.slice(8, 12)}-${text.slice(12, 16)}-${text.slice(16, 20)}-${text.slice(20)}`;
}

function uuidBytes(uuid: string): readonly number[] {
  const hex = uuid.replaceAll('-', '');
  return Array.from({ length: 16 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16));
}
