import { WHOLE_OBJECT } from "../errors/validation-error";
import type { Issue, Issues } from "./zod-tree";

/** Turns zod's issues into the `messages` of a ValidationError: the complaints of each dotted path. */
export function zodMessages({ issues }: Issues): Record<string, string[]> {
  const messages = new Map<string, string[]>();
  for (const issue of issues) {
    for (const [path, message] of complaints(issue)) messages.set(path, [...(messages.get(path) ?? []), message]);
  }
  return Object.fromEntries(messages);
}

function complaints(issue: Issue): [string, string][] {
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => [[...path, key].join("."), "is not a field of the shape"]);
  return [[path.length === 0 ? WHOLE_OBJECT : path.join("."), issue.message]];
}
