import { byCodePoints } from "../../ports/code-point-order";

/** Merges two sources, each in the order of its UTF-8 bytes, into one in that order, each id once. */
export async function* mergedIds(
  left: AsyncGenerator<string>,
  right: AsyncGenerator<string>,
): AsyncGenerator<string, void, undefined> {
  let [a, b] = [await left.next(), await right.next()];
  while (!a.done || !b.done) {
    const order = a.done ? 1 : b.done ? -1 : byCodePoints(a.value, b.value);
    yield (order <= 0 ? a.value : b.value) as string;
    if (order <= 0) a = await left.next();
    if (order >= 0) b = await right.next();
  }
}
