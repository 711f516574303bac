import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";

/** How many items are read at once. */
const PAGE = 500;

/** How a list is read. */
interface PagedList<T> {
  /** Reads a page: at most so many items behind one. */
  readonly page: (limit: number, after: T | undefined) => Promise<readonly T[]>;
  /** How many items are printed at most; infinity for all. */
  readonly limit: number;
  /** The call that prints the items behind one: `domain timers list --after FundsTransfer t-7 expiry`. */
  readonly callBehind: (last: T) => string;
}

/** Reads a list page by page. Says on standard error how to get the rest, where there is more than its limit. */
export async function* paged<T>(
  { stderr }: Pick<Io, "stderr">,
  { page, limit, callBehind }: PagedList<T>,
): AsyncGenerator<T> {
  let last: T | undefined;
  let count = 0;
  for (;;) {
    const size = Math.min(PAGE, limit - count + 1);
    const items = await page(size, last);
    for (const item of items) {
      if (count === limit) {
        const call = callBehind(last as T);
        stderr.write(`There are more than ${grouped(limit)}: ${call} prints the next ones, --limit=all prints all.\n`);
        return;
      }
      yield item;
      last = item;
      count++;
    }
    if (items.length < size) return;
  }
}

/** Writes a word of a call so that a shell passes it on as it is. */
export function shellWord(word: string): string {
  return /^[\w.:@%+,/-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
