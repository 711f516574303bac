import { crc32 } from "node:zlib";

import type { StreamRef } from "@tidemark/core";

export const SLOTS = 1024;

/**
 * The slot of an aggregate: equal for all of its streams, and the same in every version of this package, since it is stored
 * with each row. Streams can be spread over servers by it one day; nothing reads it yet.
 */
export function slotOf({ stream, category }: StreamRef): number {
  return crc32(stream.slice(category.length + 1)) % SLOTS;
}
