import type { z } from "zod";

/** The fields of a shape: zod schemas by name, of `zod/mini` too. It says no more, because the compiler checks it for each field. */
export type Fields = Readonly<Record<string, { readonly _zod: any }>>;

/** The same fields as zod's own types take them. */
export type RawFields<S extends Fields> = S extends z.ZodRawShape ? S : z.ZodRawShape;

// zod's types of an object give the same types as those below. These compare each field once, and are the quicker for it in large
// domains: see the guide on performance.

/** The input of the constructor of a class with this shape: fields with a default and optional ones may be left out. */
export type ShapeInput<S extends Fields> = [keyof S] extends [never]
  ? Record<string, never>
  : Written<InputOf<S, KeysLeftOut<S>>>;

/** The fields of a class with this shape. */
export type ShapeOutput<S extends Fields> = OutputOf<S, OptionalKeys<S>>;

/** The read-only fields of a class with this shape. */
export type FrozenOutput<S extends Fields> = FrozenOutputOf<S, OptionalKeys<S>>;

/** The fields that input may leave out. */
export type KeysLeftOut<S extends Fields> = {
  [K in keyof S]: S[K] extends { readonly _zod: { readonly optin: "optional" | "defaulted" } } ? K : never;
}[keyof S];

type OptionalKeys<S extends Fields> = {
  [K in keyof S]: S[K] extends { readonly _zod: { readonly optout: "optional" } } ? K : never;
}[keyof S];

type InputOf<S extends Fields, Optional extends keyof S> = {
  [K in Exclude<keyof S, Optional>]: S[K]["_zod"]["input"];
} & { [K in Optional]?: S[K]["_zod"]["input"] };

type OutputOf<S extends Fields, Optional extends keyof S> = {
  [K in Exclude<keyof S, Optional>]: S[K]["_zod"]["output"];
} & { [K in Optional]?: S[K]["_zod"]["output"] };

type FrozenOutputOf<S extends Fields, Optional extends keyof S> = {
  readonly [K in Exclude<keyof S, Optional>]: S[K]["_zod"]["output"];
} & { readonly [K in Optional]?: S[K]["_zod"]["output"] };

/** Writes an intersection as one object, for messages and hovers. */
type Written<T> = { [K in keyof T]: T[K] } & {};
