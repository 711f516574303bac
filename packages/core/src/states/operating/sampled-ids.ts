import { byCodePoints } from "../../ports/code-point-order";
import { keyHash } from "../../projections/inspection/key-hash";

/** Which aggregates of all to take. */
interface Sample {
  /** How many; all where undefined. */
  readonly sample: number | undefined;
  /** Chooses the same ones again. */
  readonly seed: number;
}

/** How many more ids than wanted are held before those of the highest hashes are left out. */
const SLACK = 10_000;

/** Gives all ids as they arrive, or so many of them, chosen by their hashes, in the order of their UTF-8 bytes. */
export async function* sampledIds(
  ids: AsyncIterable<string>,
  { sample, seed }: Sample,
): AsyncGenerator<string, void, undefined> {
  if (sample === undefined) return yield* ids;
  let chosen: { readonly id: string; readonly hash: number }[] = [];
  const cut = () => {
    chosen = chosen.sort((a, b) => a.hash - b.hash).slice(0, sample);
  };
  for await (const id of ids) {
    chosen.push({ id, hash: keyHash(id, seed) });
    if (chosen.length >= sample + SLACK) cut();
  }
  cut();
  for (const { id } of chosen.sort((a, b) => byCodePoints(a.id, b.id))) yield id;
}
