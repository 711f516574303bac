import type { DomainProblem } from "../../model/domain-problem";
import type { CheckSubject } from "./check-subject";

/** Commands that nobody carries out. */
export function* commandProblems({ model }: Pick<CheckSubject, "model">): Generator<DomainProblem> {
  for (const [{ name: element }, { handler }] of model.commands) {
    if (handler !== undefined) continue;
    const message = `${element} has no handler: domain.process() will refuse it; add a method with @handle(${element})`;
    yield { code: "COMMAND_WITHOUT_HANDLER", severity: "warning", element, message };
  }
}
