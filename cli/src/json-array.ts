import type { Results } from "./results";

/** Characters gathered for one write. */
const CHUNK = 64 * 1024;

/** Prints a JSON array, one line for each item, as they arrive. */
export async function printArray(results: Results, items: AsyncIterable<unknown>): Promise<void> {
  let text = "[";
  let separator = "\n";
  for await (const item of items) {
    text += separator + JSON.stringify(item);
    separator = ",\n";
    if (text.length < CHUNK) continue;
    await results.print(text);
    if (results.isClosed) return;
    text = "";
  }
  await results.print(`${text}${separator === "\n" ? "" : "\n"}]`);
}
