import type { StorageCodec } from "./codec";
import { isCopyable } from "./copying";
import { decimalCodec } from "./decimal";
import { isDecimal } from "./exact-decimal";

/**
 * Stores values whose type is known at run time only. JSON values stay as they are; a `Date` becomes `{"$date": "<ISO text>"}`, a
 * `bigint` `{"$bigint": "<digits>"}`, a `Decimal` `{"$decimal": "<digits>"}`, and an object that looks like one of these is wrapped
 * as `{"$object": {…}}`.
 */
export const dynamicCodec: StorageCodec = { encode, decode };

const TAGS: ReadonlySet<string> = new Set(["$date", "$bigint", "$decimal", "$object"]);

function encode(value: unknown): unknown {
  if (typeof value === "bigint") return { $bigint: String(value) };
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return { $date: value.toISOString() };
  // JSON would lose its class: left as it is, it is refused by toStorable, which checks the result.
  if (isCopyable(value)) return value;
  if (Array.isArray(value)) return value.map(encode);
  if (isDecimal(value)) return { $decimal: decimalCodec.encode(value) };
  const json = mapObject(value, encode);
  return tagOf(value) === undefined ? json : { $object: json };
}

function decode(json: unknown): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) return json.map(decode);
  const tag = tagOf(json);
  if (tag === undefined) return mapObject(json, decode);
  const tagged = (json as Record<string, unknown>)[tag];
  if (tag === "$date") return new Date(tagged as string);
  if (tag === "$bigint") return BigInt(tagged as string);
  if (tag === "$decimal") return decimalCodec.decode(tagged);
  return mapObject(tagged as object, decode);
}

function tagOf(object: object): string | undefined {
  const keys = Object.keys(object);
  return keys.length === 1 && TAGS.has(keys[0] as string) ? keys[0] : undefined;
}

function mapObject(object: object, convert: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, convert(value)]));
}
