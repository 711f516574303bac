import { z } from "zod";

/** The schema of the version in the rows of aggregates. */
export function wholeNumber(): z.ZodInt {
  return z.int();
}
