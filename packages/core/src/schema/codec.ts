/**
 * Turns values of one schema into JSON values and back. `decode` may change its argument in place: it is called with freshly
 * parsed JSON only.
 */
export interface StorageCodec {
  encode(value: unknown): unknown;
  decode(json: unknown): unknown;
}

/** Undefined for values that JSON holds as they are: most shapes are stored and folded without a look at their fields. */
export type OptionalCodec = StorageCodec | undefined;
