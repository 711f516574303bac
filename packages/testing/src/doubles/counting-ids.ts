import type { IdGenerator } from "@tidemark/core";

/**
 * Ids that count from 1, the prefix before each: `new Domain("bank", { ids: countingIds("id-") })`. Events, commands and
 * aggregates all take theirs from it.
 */
export function countingIds(prefix = ""): IdGenerator {
  let made = 0;
  return { next: () => `${prefix}${++made}` };
}
