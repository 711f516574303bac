import { clearTimeout, now, setTimeout } from "../ports/real-timers";

/** What was found out a moment ago, so that those who ask often do not all ask the store. */
export class Recent<T> {
  #at = Number.NEGATIVE_INFINITY;
  #found: Promise<T> | undefined;

  constructor(
    private readonly find: () => Promise<T>,
    /** How long an answer, or a failure, counts. */
    private readonly keptMs: number,
  ) {}

  /** @throws what finding out throws; Error where that takes longer than `limitMs`. */
  async get(limitMs: number): Promise<T> {
    if (this.#found === undefined || now() - this.#at > this.keptMs) {
      // Nobody asks twice at the same time: an answer counts from when it is there.
      this.#at = Number.POSITIVE_INFINITY;
      const found = this.find().finally(() => (this.#at = now()));
      found.catch(() => undefined);
      this.#found = found;
    }
    return await within(this.#found, limitMs);
  }
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the store has not answered for ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
