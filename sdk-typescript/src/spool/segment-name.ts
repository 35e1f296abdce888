/** The writer of a segment, as its file name tells. */
export interface SegmentOwner {
  /** Boot id without dashes; `0` where the system has none. */
  readonly bootId: string;
  /** Inode of the pid namespace; `0` where there is none. */
  readonly namespace: string;
  readonly pid: number;
  /** Start of the process in ticks since boot (its own unit where the system has no ticks). */
  readonly startTicks: string;
  /** Worker thread id; 0 is the main thread. */
  readonly thread: number;
}

const pattern =
  /^([0-9a-f]{1,32})_(\d{1,20})_(\d{1,10})_(\d{1,20})_(\d{1,10})_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.seg$/;

/** The file name of a segment: `<boot id>_<namespace>_<pid>_<start ticks>_<thread>_<uuid>.seg`. */
export function segmentName(owner: SegmentOwner, uuid: string): string {
  const { bootId, namespace, pid, startTicks, thread } = owner;
  return `${bootId}_${namespace}_${pid}_${startTicks}_${thread}_${uuid}.seg`;
}

/** The owner that a file name tells; null when the name is not one of a segment. */
export function parseSegmentName(name: string): SegmentOwner | null {
  const [, bootId, namespace, pid, startTicks, thread] = pattern.exec(name) ?? [];
  if (!bootId || !namespace || !startTicks) return null;
  return { bootId, namespace, pid: Number(pid), startTicks, thread: Number(thread) };
}
