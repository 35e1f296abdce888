import { closeSync, openSync, readSync } from 'node:fs';

/** Bytes of a piece of text; ids are shorter. */
export const pieceBytes = 32;

/** Bytes that every piece is first told apart by. */
const headBytes = 8;

const chunkBytes = 4 * 1_048_576;

/** Pieces that stand somewhere in the files, read once whatever their number. */
export function findPieces(
  files: readonly string[],
  pieces: readonly Buffer[],
): { readonly found: Buffer[]; readonly bytesRead: number } {
  const heads = Map.groupBy(pieces, (piece) => piece.toString('latin1', 0, headBytes));
  // Two bytes decide for nearly every place that nothing begins there.
  const begins = new Uint8Array(65_536);
  for (const piece of pieces) begins[piece.readUInt16LE(0)] = 1;
  const found = new Set<Buffer>();
  let bytesRead = 0;
  const chunk = Buffer.allocUnsafe(chunkBytes);
  for (const file of files) {
    bytesRead += readChunks(file, chunk, pieceBytes - 1, (bytes) => {
      for (let at = 0; at + headBytes <= bytes.length; at += 1) {
        if (begins[(bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)] === 0) continue;
        for (const piece of heads.get(bytes.toString('latin1', at, at + headBytes)) ?? []) {
          if (bytes.subarray(at, at + piece.length).equals(piece)) found.add(piece);
        }
      }
    });
  }
  return { found: [...found], bytesRead };
}

/** Reads a file in chunks that overlap; answers how many bytes there were. */
function readChunks(
  file: string,
  chunk: Buffer,
  overlap: number,
  onChunk: (bytes: Buffer) => void,
): number {
  const handle = openSync(file, 'r');
  let total = 0;
  let kept = 0;
  try {
    for (;;) {
      const read = readSync(handle, chunk, kept, chunk.length - kept, null);
      if (read === 0) return total;
      total += read;
      const end = kept + read;
      onChunk(chunk.subarray(0, end));
      kept = Math.min(overlap, end);
      chunk.copyWithin(0, end - kept, end);
    }
  } finally {
    closeSync(handle);
  }
}
