import type { Work } from "./pooled-connection";
import { isRefusal } from "./unavailable";

/**
 * Takes from those that wait, oldest first, what can share a statement with `first`. Those that cannot, and those that would
 * meet one taken before, keep their places.
 */
export function takeSharing<W extends { readonly work: Work }>(first: Work, waiting: W[]): readonly Work[] {
  const { sharing } = first;
  if (sharing === undefined) return [first];
  const taken = [first];
  const keys = new Set(sharing.keysOf(first.values));
  for (let index = 0; index < waiting.length && taken.length < sharing.most; ) {
    const { work } = waiting[index]!;
    const own = work.sharing === sharing ? sharing.keysOf(work.values) : undefined;
    if (own === undefined || own.some((key) => keys.has(key))) {
      index++;
      continue;
    }
    for (const key of own) keys.add(key);
    waiting.splice(index, 1);
    taken.push(work);
  }
  return taken;
}

/**
 * @param again runs one of them by itself, after the server refused the statement that they shared. One that was too slow is not
 *   repeated, so that deadlines hold.
 */
export function sharedWork(all: readonly Work[], again: (work: Work) => void): Work {
  const [first] = all;
  const { sharing } = first!;
  if (sharing === undefined || all.length === 1) return first!;
  const values = all.map((work) => work.values);
  return {
    statement: sharing.statement,
    values: sharing.valuesOf(values),
    resolve: (rows) => {
      for (const [index, own] of sharing.rowsOf(rows, values).entries()) all[index]!.resolve(own);
    },
    reject: (error) => {
      for (const work of all) {
        if (isRefusal(error)) again({ ...work, sharing: undefined });
        else work.reject(error);
      }
    },
  };
}
