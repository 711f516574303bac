/** A load with its snapshot took longer than `read_timeout_ms`. */
export class SnapshotReadTimeout extends Error {
  constructor(readonly timeoutMs: number) {
    super(`reading it took longer than ${timeoutMs} ms`);
  }
}

/** The promise's outcome, or SnapshotReadTimeout when it takes too long; a late outcome is let go. */
export async function readDeadline<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new SnapshotReadTimeout(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
