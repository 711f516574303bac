import type { z } from "zod";

import { quoted } from "../wording/in-words";
import { type Transitions, transitionsOf } from "./status";

/** The values of the status fields of one object at one moment, in the order of its shape. */
export type StatusValues = readonly unknown[];

/** The `status()` fields of a shape, without those in its lists and objects. */
export class StatusFields {
  /** Returns undefined for a shape without status fields: they cost its aggregate nothing. */
  static of(fields: z.ZodRawShape): StatusFields | undefined {
    const statuses = Object.entries(fields).flatMap(([key, field]) => {
      const transitions = transitionsOf(field);
      return transitions === undefined ? [] : [[key, transitions] as const];
    });
    return statuses.length === 0 ? undefined : new StatusFields(new Map(statuses));
  }

  private constructor(private readonly transitions: ReadonlyMap<string, Transitions>) {}

  valuesIn(state: object): StatusValues {
    return [...this.transitions.keys()].map((key) => (state as Readonly<Record<string, unknown>>)[key]);
  }

  /** Returns what is wrong with the change from earlier values to the present ones, or undefined. */
  complaints(before: StatusValues, state: object): Record<string, string[]> | undefined {
    let complaints: Record<string, string[]> | undefined;
    let index = 0;
    for (const [key, transitions] of this.transitions) {
      const [from, to] = [before[index++], (state as Readonly<Record<string, unknown>>)[key]];
      const complaint = from === to ? undefined : complaintAbout(from, to, transitions);
      if (complaint !== undefined) complaints = { ...complaints, [key]: [complaint] };
    }
    return complaints;
  }

  /** Returns the states that may follow the present one; undefined for a field that was not declared with `status()`. */
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
  return `cannot go from ${JSON.stringify(from)} to ${JSON.stringify(to)}; allowed: ${quoted(allowed) || "none"}`;
}

/** Returns undefined for no state, and for a state that is no longer declared: every state may follow these. */
function following(from: unknown, transitions: Transitions): readonly string[] | undefined {
  return typeof from === "string" && Object.hasOwn(transitions, from) ? transitions[from] : undefined;
}
