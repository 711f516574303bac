import type { StateStore } from "../ports/state-store";
import type { StoredProcess } from "../process-managers/stored-process";

const PAGE = 500;

/** An event that an instance of a process manager keeps until it starts. */
interface KeptEvent {
  /** The stream of the instance. */
  readonly stream: string;
  /** The global position of the event. */
  readonly position: number;
}

/** Finds the first event that instances of a process manager keep; undefined where they keep none. */
export async function lowestKept(states: Pick<StateStore, "list">, category: string): Promise<KeptEvent | undefined> {
  let lowest: KeptEvent | undefined;
  for (let after: string | undefined; ; ) {
    const page = await states.list(category, { limit: PAGE, ...(after !== undefined && { after }) });
    for (const { stream, data } of page) {
      const [position] = keptIn(data);
      if (position !== undefined && position < (lowest?.position ?? Number.POSITIVE_INFINITY))
        lowest = { stream, position };
    }
    if (page.length < PAGE) return lowest;
    after = page.at(-1)?.stream;
  }
}

/** Reads what a state keeps, without taking the text apart where it cannot keep anything. */
function keptIn(data: string): readonly number[] {
  if (!data.includes('"kept"')) return [];
  try {
    const { kept } = JSON.parse(data) as Partial<StoredProcess>;
    return Array.isArray(kept) ? kept.filter(Number.isSafeInteger) : [];
  } catch {
    return [];
  }
}
