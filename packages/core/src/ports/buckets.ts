/**
 * Returns the bucket of a key, from 0. It is the same in every process and every version: stored checkpoints depend on it.
 *
 * FNV-1a over UTF-16 code units, with the finish of MurmurHash3: keys that differ in their last character only spread evenly.
 */
export function bucketOf(key: string, buckets: number): number {
  if (buckets === 1) return 0;
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % buckets;
}
