/** Maps the items of a source, several at a time, and yields the results in the order of the source. */
export async function* mapAhead<T, R>(
  source: AsyncIterable<T>,
  map: (item: T) => Promise<R>,
  { atOnce }: { readonly atOnce: number },
): AsyncGenerator<R, void, undefined> {
  const underWay: Promise<R>[] = [];
  for await (const item of source) {
    const mapped = map(item);
    // It is awaited further below, unless an earlier one fails: then its own failure must not end the process.
    mapped.catch(() => undefined);
    underWay.push(mapped);
    if (underWay.length >= atOnce) yield await (underWay.shift() as Promise<R>);
  }
  for (const mapped of underWay) yield await mapped;
}
