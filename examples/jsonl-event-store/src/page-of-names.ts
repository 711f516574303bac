import type { StreamPage, StreamRef } from "@tidemark/core/adapter";

/** The names of a category's streams, each once, in the order of their UTF-8 bytes. */
export function pageOfNames(
  refs: readonly StreamRef[],
  category: string,
  { after, limit }: StreamPage,
): readonly string[] {
  const names = new Set(refs.filter((each) => each.category === category).map(({ stream }) => stream));
  const sorted = [...names].sort(byBytes);
  return sorted.filter((name) => after === undefined || byBytes(name, after) > 0).slice(0, limit);
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
