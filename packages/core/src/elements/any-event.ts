import type { ClassOf } from "../metadata/class-types";
import { DomainEventRoot } from "./domain-event";

/** Stands for every event of the domain: `@handle(anyEvent)`, `domain.on(anyEvent, …)`. */
export const anyEvent: ClassOf<DomainEventRoot> = DomainEventRoot;
