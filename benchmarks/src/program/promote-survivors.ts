import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { readonly type: "minor" }) => void;

let collect: Collect | undefined;

/**
 * Moves what is still used to the old objects of the heap, as two collections of the young ones do: whatever follows does not pay for
 * copying what came before it.
 */
export function promoteSurvivors(): void {
  collect ??= exposedCollector();
  collect({ type: "minor" });
  collect({ type: "minor" });
}

function exposedCollector(): Collect {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}
