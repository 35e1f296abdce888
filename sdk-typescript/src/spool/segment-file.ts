import { crc32 } from 'node:zlib';

/** Bytes before each record: u32 LE length, u32 LE CRC-32 of the body. */
export const frameHeaderBytes = 8;
/** Longest body that is read back; a longer length field is damage, not a record. */
export const frameBodyLimit = 4 * 1024 * 1024;

/** A record in its frame, ready to be appended to a segment. */
export function frameRecord(json: string): Buffer {
  const length = Buffer.byteLength(json);
  const frame = Buffer.allocUnsafe(frameHeaderBytes + length);
  frame.write(json, frameHeaderBytes);
  frame.writeUInt32LE(length, 0);
  frame.writeUInt32LE(crc32(frame.subarray(frameHeaderBytes)), 4);
  return frame;
}

/** What a stretch of a segment holds. */
export interface FrameScan {
  /** Bodies whose checksum holds, in order. */
  readonly bodies: readonly Buffer[];
  /** Bytes up to the end of the last whole frame. */
  readonly consumed: number;
  /** True when what follows can never become a record: the rest is to be ignored. */
  readonly damaged: boolean;
}

/** Reads the whole frames at the start of `chunk`; a frame with a wrong checksum is passed over. */
export function scanFrames(chunk: Buffer): FrameScan {
  const bodies: Buffer[] = [];
  let at = 0;
  while (at + frameHeaderBytes <= chunk.length) {
    const length = chunk.readUInt32LE(at);
    // INVARIANT: no record is empty; a length of 0 is what a power cut leaves.
    if (length === 0 || length > frameBodyLimit) return { bodies, consumed: at, damaged: true };
    const end = at + frameHeaderBytes + length;
    if (end > chunk.length) break;
    const body = chunk.subarray(at + frameHeaderBytes, end);
    if (crc32(body) === chunk.readUInt32LE(at + 4)) bodies.push(body);
    at = end;
  }
  return { bodies, consumed: at, damaged: false };
}
