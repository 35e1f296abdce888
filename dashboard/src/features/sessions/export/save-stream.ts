import { apiRequest } from '../../../lib/api/api-fetch.ts';

/** How far a download is, in bytes. */
export type Progress = (bytes: number) => void;

/**
 * Downloads an address into a file. Where the browser can write to disk while it reads, it does, at
 * any size; elsewhere the file is gathered first. Throws on failure or abort.
 */
export async function saveStream(
  url: string,
  name: string,
  signal: AbortSignal,
  onProgress: Progress,
): Promise<void> {
  const target = await chooseFile(name);
  const response = await apiRequest(url, { signal });
  const counted = (response.body ?? new ReadableStream()).pipeThrough(counter(onProgress));
  if (target !== null) {
    await counted.pipeTo(await target.createWritable(), { signal });
    return;
  }
  const blob = await new Response(counted, {
    headers: { 'content-type': response.headers.get('content-type') ?? '' },
  }).blob();
  signal.throwIfAborted();
  saveBlob(blob, name);
}

interface SavePicker {
  showSaveFilePicker?: (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;
}

async function chooseFile(name: string): Promise<FileSystemFileHandle | null> {
  const { showSaveFilePicker } = window as SavePicker;
  // A driven browser has nobody to answer the dialog: it gets an ordinary download.
  if (showSaveFilePicker === undefined || navigator.webdriver) return null;
  return showSaveFilePicker.call(window, { suggestedName: name });
}

function counter(onProgress: Progress): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      onProgress(bytes);
      controller.enqueue(chunk);
    },
  });
}

function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
