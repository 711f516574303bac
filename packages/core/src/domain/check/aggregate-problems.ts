import type { DomainProblem } from "../../model/domain-problem";
import type { CheckSubject } from "./check-subject";

/** Aggregates that nothing can ever happen to. */
export function* aggregateProblems({ model }: Pick<CheckSubject, "model">): Generator<DomainProblem> {
  for (const { name, eventTypes } of model.aggregates.values()) {
    if (eventTypes.size > 0) continue;
    const message = `${name} has no events: no aggregate of it can be stored; declare one with partOf: "${name}"`;
    yield { code: "AGGREGATE_WITHOUT_EVENTS", severity: "warning", element: name, message };
  }
}
