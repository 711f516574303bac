import type { DomainProblem } from "./domain-problem";

/** What a fault is about, where more is known than that the declaration is wrong. */
export type FaultSubject = Partial<Pick<DomainProblem, "code" | "element">>;

/** Told of each fault; checking goes on, so that all of them are listed at once. */
export type Refuse = (fault: string, subject?: FaultSubject) => void;
