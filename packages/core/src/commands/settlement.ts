import type { Operation } from "../ports/operations";
import type { Participant } from "../unit-of-work/participant";

/** What has to be stored with the commit of a command, and with nothing else. */
export interface Settlement {
  /**
   * Makes the operations to commit with what the command has added.
   * @param result what its handler returned.
   * @throws whatever refuses the command.
   */
  operations(result: unknown): readonly Operation[];
  /** Called when they are committed. It is not called where the command was not carried out, because it had been before. */
  committed(): void;
}

/** A settlement that takes part in the unit of work of its command. */
export class SettlementOfUnit implements Participant {
  constructor(
    private readonly settlement: Settlement,
    private readonly operations: readonly Operation[],
  ) {}

  also(): readonly Operation[] {
    return this.operations;
  }

  committed(): void {
    this.settlement.committed();
  }
}
