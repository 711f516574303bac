import type { CommandRoot, ProcessManagerRoot } from "@tidemark/core";

/** What an instance of a process manager has become, and what it wants. */
export interface ProcessResult<P extends ProcessManagerRoot> {
  /** Its state, frozen; undefined where it has not started, and where it has ended. */
  readonly state: P | undefined;
  /** Whether it has ended. */
  readonly completed: boolean;
  /** The commands that it has issued because of the last `when`; because of the given events where nothing came after them. Oldest first. */
  readonly commands: readonly CommandRoot[];
  /** All commands that it has issued, oldest first. */
  readonly allCommands: readonly CommandRoot[];
  /** The same commands as `commands`, with how they are to be carried out. */
  readonly issued: readonly IssuedByProcess[];
  /** The timers that are set, the earliest first. */
  readonly timers: readonly SetTimerOfProcess[];
}

/** A command, and how it is to be carried out. */
export interface IssuedByProcess {
  readonly command: CommandRoot;
  readonly priority: number;
  readonly lane: string;
  /** When it is refused, if it was not carried out before; undefined without a deadline. */
  readonly expiresAt: Date | undefined;
}

/** A timer that is set. */
export interface SetTimerOfProcess {
  readonly name: string;
  /** By the clock of the domain. */
  readonly dueAt: Date;
  /** How long after the event that has set it. */
  readonly afterMs: number;
}
