import type { AggregateClass, AggregateRoot, CommandRoot, Domain, ProcessOptions } from "@tidemark/core";

export interface CommandStep {
  readonly command: CommandRoot;
  readonly options: ProcessOptions;
}

/** Something that is there already, an event or an aggregate that is stored as its state; or a command. */
export type Step = { readonly happened: object } | CommandStep;

/** An aggregate, what happened to it, and what is asked of it, in order. */
export interface Scenario<A extends AggregateRoot> {
  /** Absent where it is found out by the aggregate's class. */
  readonly domain: Domain | undefined;
  readonly aggregate: AggregateClass<A>;
  /** Absent where it is found out by events and commands. */
  readonly id: string | undefined;
  readonly steps: readonly Step[];
}
