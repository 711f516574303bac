import { crc32 } from "node:zlib";

import type { StreamRef } from "@tidemark/core/adapter";

const SLOTS = 1024;

/**
 * Returns the slot of an aggregate: equal for all of its streams, and equal in every version of this package, since it is
 * stored with each row. Nothing reads it yet; streams can be spread over several servers by it.
 */
export function slotOf({ stream, category }: StreamRef): number {
  return crc32(stream.slice(category.length + 1)) % SLOTS;
}
