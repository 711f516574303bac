import type { StorageCodec } from "./codec";
import { Decimal, exactDecimal } from "./exact-decimal";

/**
 * Stores decimals as text in plain notation, one text for each value: `"0.1"`, never `"1e-1"` or `"0.10"`. A number is read
 * too, as exactly as its text says, so that a field can become a decimal after it was a `z.number()`.
 */
export const decimalCodec: StorageCodec = {
  encode: (value) => (value as Decimal).toFixed(),
  decode(json) {
    if (typeof json === "number") return new Decimal(json);
    const value = exactDecimal(json as string);
    if (typeof value === "string") throw new TypeError(`a stored decimal cannot be read: ${value}`);
    return value;
  },
};
