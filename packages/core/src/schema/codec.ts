/**
 * Turns values of one schema into JSON values and back. `decode` may change what it is given in place:
 * it is called on freshly parsed JSON only.
 */
export interface StorageCodec {
  encode(value: unknown): unknown;
  decode(json: unknown): unknown;
}

/** What JSON holds as it is needs no codec: most shapes are stored and folded without a look at their fields. */
export type OptionalCodec = StorageCodec | undefined;
