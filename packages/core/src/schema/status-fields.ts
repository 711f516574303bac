import type { z } from "zod";

import { type Transitions, transitionsOf } from "./status";

/** Where the status fields of one object stood at some moment, in the order of the shape. */
export type Standing = readonly unknown[];

/** The `status()` fields of a shape; nested ones, in lists or objects, are not among them. */
export class StatusFields {
  /** @returns undefined for a shape without any: it costs its aggregate nothing. */
  static of(fields: z.ZodRawShape): StatusFields | undefined {
    const statuses = Object.entries(fields).flatMap(([key, field]) => {
      const transitions = transitionsOf(field);
      return transitions === undefined ? [] : [[key, transitions] as const];
    });
    return statuses.length === 0 ? undefined : new StatusFields(new Map(statuses));
  }

  private constructor(private readonly transitions: ReadonlyMap<string, Transitions>) {}

  standing(state: object): Standing {
    return [...this.transitions.keys()].map((key) => (state as Readonly<Record<string, unknown>>)[key]);
  }

  /** What is wrong with how the state has come from where it stood, or undefined. */
  complaints(before: Standing, state: object): Record<string, string[]> | undefined {
    let complaints: Record<string, string[]> | undefined;
    let index = 0;
    for (const [key, transitions] of this.transitions) {
      const [from, to] = [before[index++], (state as Readonly<Record<string, unknown>>)[key]];
      const complaint = from === to ? undefined : complaintAbout(from, to, transitions);
      if (complaint !== undefined) complaints = { ...complaints, [key]: [complaint] };
    }
    return complaints;
  }

  /** The states that follow where a field stands; undefined for a field that is no status. */
  following(key: string, state: object): readonly string[] | undefined {
    const transitions = this.transitions.get(key);
    return (
      transitions &&
      (following((state as Readonly<Record<string, unknown>>)[key], transitions) ?? Object.keys(transitions))
    );
  }
}

function complaintAbout(from: unknown, to: unknown, transitions: Transitions): string | undefined {
  const allowed = following(from, transitions);
  if (allowed === undefined || allowed.includes(to as string)) return undefined;
  const list = allowed.map((state) => JSON.stringify(state)).join(", ");
  return `cannot go from ${JSON.stringify(from)} to ${JSON.stringify(to)}; allowed: ${list || "none"}`;
}

/** Nothing is said of where it goes from no state, or from one that was taken out of the declaration since: undefined. */
function following(from: unknown, transitions: Transitions): readonly string[] | undefined {
  return typeof from === "string" && Object.hasOwn(transitions, from) ? transitions[from] : undefined;
}
