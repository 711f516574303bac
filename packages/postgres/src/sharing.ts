import { isRefusal } from "./unavailable";
import type { Parameter, Work } from "./work";

/** What waits for a connection: work, or a holder that wants the connection for itself and shares with nobody. */
interface Waiting {
  readonly request: Work | { readonly sharing?: undefined };
}

/**
 * Takes from those that wait, oldest first, what can share a statement with `first`. Others keep their places: those of
 * another kind, and those that have a key in common with one taken before.
 */
export function takeSharing(first: Work, waiting: Waiting[]): readonly Work[] {
  const { sharing } = first;
  if (sharing === undefined) return [first];
  const taken = [first];
  const keys = new Set(sharing.keysOf(valuesOf(first)));
  for (let index = 0; index < waiting.length && taken.length < sharing.most; ) {
    const { request } = waiting[index]!;
    const own = request.sharing === sharing ? sharing.keysOf(valuesOf(request as Work)) : undefined;
    if (own === undefined || own.some((key) => keys.has(key))) {
      index++;
      continue;
    }
    for (const key of own) keys.add(key);
    waiting.splice(index, 1);
    taken.push(request as Work);
  }
  return taken;
}

/**
 * Makes one piece of work of several that share a statement.
 *
 * @param again runs one of them by itself, after the server refused the shared statement. One that was too slow is not
 *   repeated, so that deadlines hold.
 */
export function sharedWork(all: readonly Work[], again: (work: Work) => void): Work {
  const [first] = all;
  const { sharing } = first!;
  if (sharing === undefined || all.length === 1) return first!;
  const values = all.map(valuesOf);
  return {
    calls: [{ statement: sharing.statement, values: sharing.valuesOf(values) }],
    resolve: ([rows]) => {
      for (const [index, own] of sharing.rowsOf(rows!, values).entries()) all[index]!.resolve([own]);
    },
    reject: (error) => {
      for (const work of all) {
        if (isRefusal(error)) again({ ...work, sharing: undefined });
        else work.reject(error);
      }
    },
  };
}

function valuesOf(work: Work): readonly Parameter[] {
  return work.calls[0]!.values;
}
