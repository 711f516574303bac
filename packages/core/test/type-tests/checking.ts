import type { DomainProblem, DomainProblemCode } from "@tidemark/core";

import { domain } from "./readme-example";

export async function checking(): Promise<boolean> {
  const problems: readonly DomainProblem[] = await domain.check();
  const codes: DomainProblemCode[] = problems.map(({ code }) => code);
  const errors = problems.filter(({ severity }) => severity === "error");
  const elements: (string | undefined)[] = errors.map(({ element }) => element);
  // @ts-expect-error: problems are read-only
  problems.pop();
  // @ts-expect-error: no such code
  const isKnown = codes.includes("UPCASTER_MISING");
  // @ts-expect-error: no such severity
  return errors.some(({ severity }) => severity === "fatal") || isKnown || elements.length > 0;
}

export function listing(): number {
  const names: string[] = [...domain.events.keys(), ...domain.commands.keys(), ...domain.aggregates.keys()];
  // @ts-expect-error: there may be none of that name
  new (domain.aggregates.get("Account"))();
  return names.length;
}
