import { inFreshProcess, PROGRAM } from "./fresh-process";
import { inStore, inStoreBeside } from "./in-store";
import { type ContenderName, type Place, type StoreName, WITHOUT_LEAN } from "./place";
import type { Sample } from "./sample";
import type { Task } from "./task";
import type { Workload } from "./workload";

/** The contenders, and Tidemark as it is in another checkout, which is called `before`. */
export type EntrantName = ContenderName | "before";

/** Who takes part in a line of the table, and where it works. */
export interface Entrant {
  readonly name: EntrantName;
  /** Which program its processes run. */
  readonly program: string;
  readonly place: Omit<Place, "round">;
}

/** Gives `body` those that take part in a workload on one store, which is empty and gone afterwards. */
export function withEntrants<T>(
  { contenders = WITHOUT_LEAN }: Workload,
  store: StoreName,
  before: string | undefined,
  body: (entrants: readonly Entrant[]) => Promise<T>,
): Promise<T> {
  return inStore(store, async (where) => {
    const entrants: Entrant[] = contenders.map((name) => ({
      name,
      program: PROGRAM,
      place: { ...where, store, contender: name },
    }));
    if (before === undefined) return await body(entrants);
    // In a store of its own, because what it writes may have another form.
    return await inStoreBeside(where, (beside) => {
      const place = { ...beside, store, contender: "tidemark" } as const;
      return body(entrants.toSpliced(1, 0, { name: "before", program: before, place }));
    });
  });
}

/** Lets an entrant do one task. @returns undefined when the other checkout cannot do it, because it is older than the workload. */
export async function attempt(
  { name, program, place }: Entrant,
  task: Omit<Task, "place">,
  round: string,
): Promise<Sample | undefined> {
  try {
    return await inFreshProcess({ ...task, place: { ...place, round } }, program);
  } catch (error) {
    if (name !== "before") throw error;
    return undefined;
  }
}
