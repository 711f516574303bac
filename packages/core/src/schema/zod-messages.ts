import type { z } from "zod";

import { WHOLE_OBJECT } from "../errors/validation-error";

/** zod's issues as the `messages` of a ValidationError: dotted path to complaints. */
export function zodMessages(error: z.core.$ZodError): Record<string, string[]> {
  const messages = new Map<string, string[]>();
  for (const issue of error.issues) {
    for (const [path, message] of complaints(issue)) messages.set(path, [...(messages.get(path) ?? []), message]);
  }
  return Object.fromEntries(messages);
}

function complaints(issue: z.core.$ZodIssue): [string, string][] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => [[...path, key].join("."), "is not a field of the shape"]);
  return [[path.length === 0 ? WHOLE_OBJECT : path.join("."), issue.message]];
}
