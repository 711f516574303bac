import { z } from "zod";

import type { OnOptions } from "../decorators/on";
import { didYouMean } from "../wording/did-you-mean";
import { inWords } from "../wording/in-words";

const SCHEMA = {
  creates: z.boolean("must be true or false").optional(),
  missing: z.literal("ignore", 'must be "ignore"').optional(),
  key: z
    .custom(
      (value) => typeof value === "function" || (typeof value === "string" && value !== ""),
      "must be the name of a field, or a function of the event",
    )
    .optional(),
} satisfies Readonly<Record<keyof OnOptions, z.ZodType>>;

/** Checks what stands behind a class in a method's decorator. @returns the valid options, and what is wrong with the others. */
export function checkMethodOptions<T extends object>(
  options: unknown,
  schema: Readonly<Record<string, z.ZodType>>,
): { readonly options: Partial<T>; readonly faults: readonly string[] } {
  if (options === undefined) return { options: {}, faults: [] };
  if (typeof options !== "object" || options === null)
    return { options: {}, faults: [`takes options behind the class, not ${inWords(options)}`] };
  const faults: string[] = [];
  const valid = Object.entries(options).filter(([name, value]) => {
    const expected = Object.hasOwn(schema, name) ? schema[name] : undefined;
    const issue = expected?.safeParse(value).error?.issues[0];
    if (expected === undefined) faults.push(`has an unknown option "${name}"${didYouMean(name, Object.keys(schema))}`);
    else if (issue !== undefined) faults.push(`has a bad option "${name}": ${issue.message}`);
    return expected !== undefined && issue === undefined;
  });
  return { options: Object.fromEntries(valid) as Partial<T>, faults };
}

/** Checks the options of `@on`. */
export function checkOnOptions(options: unknown) {
  return checkMethodOptions<OnOptions>(options, SCHEMA);
}
