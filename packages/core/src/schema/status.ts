import { z } from "zod";

import { ConfigurationError } from "../errors/configuration-error";
import { quoted } from "../wording/in-words";
import { marked, markOf, type Schema } from "./zod-tree";

/** For each state, the states that may follow it. */
export type Transitions<S extends string = string> = Readonly<Record<S, readonly NoInfer<S>[]>>;

/** The options of `status()`. */
export interface StatusOptions<S extends string> {
  /** The state of every new aggregate or entity; the first key of `transitions` by default. */
  readonly initial?: NoInfer<S>;
  /** For each state, the states that may follow it. A final state has an empty list. */
  readonly transitions: Transitions<S>;
}

/** The zod schema of a status field. */
export type StatusField<S extends string> = z.ZodDefault<z.ZodEnum<{ [State in S]: State }>>;

/**
 * Declares a field that holds one of several states, at first the initial one.
 *
 * ```ts
 * Aggregate({
 *   status: status({ transitions: { DRAFT: ["PLACED", "CANCELLED"], PLACED: ["CANCELLED"], CANCELLED: [] } }),
 * });
 * ```
 *
 * In an aggregate, and in an entity of an aggregate, `raise()` refuses an event that changes the state to one that may not follow
 * it. An event that leaves the state unchanged may always be raised. A replay checks nothing, so that stored events stay loadable
 * whatever the transitions are now.
 *
 * @throws ConfigurationError without states, and for a state without a key in `transitions`.
 */
export function status<const S extends string>({ initial, transitions }: StatusOptions<S>): StatusField<S> {
  const states = Object.keys(transitions ?? {}) as S[];
  checkDeclared(states, transitions, initial);
  const field = marked(z.enum(states), TRANSITIONS, transitions);
  return z._default(field, (initial ?? states[0]) as z.output<typeof field>);
}

/** The mark of a field that was declared with `status()`. */
const TRANSITIONS = "transitions";

/** Returns the transitions of a field that was declared with `status()`, whether or not `.optional()` and the like wrap it. */
export function transitionsOf(field: Schema): Transitions | undefined {
  return markOf(field, TRANSITIONS) as Transitions | undefined;
}

function checkDeclared(states: readonly string[], transitions: Transitions, initial: string | undefined): void {
  const among = `the states are ${quoted(states)}`;
  const faults: string[] = [];
  if (states.length === 0) faults.push('transitions has no state: { DRAFT: ["PLACED"], PLACED: [] }');
  else if (initial !== undefined && !states.includes(initial))
    faults.push(`initial is ${JSON.stringify(initial)}, but ${among}`);
  for (const state of states) {
    const next: unknown = transitions[state];
    if (!Array.isArray(next)) {
      faults.push(`transitions.${state} is the list of the states that follow it; [] for none`);
      continue;
    }
    for (const to of next.filter((each) => !states.includes(each)))
      faults.push(`${JSON.stringify(state)} goes to ${JSON.stringify(to)}, but ${among}`);
  }
  if (faults.length > 0) throw new ConfigurationError(faults, "a declared status");
}
