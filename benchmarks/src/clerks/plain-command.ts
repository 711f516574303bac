import { randomUUID } from "node:crypto";

import { AMOUNT, REFERENCE } from "../tellers/teller";
import { COMMAND_TYPE } from "./clerk";

/** A deposit as it lies in the queue. */
export function newCommand(accountId: string): { readonly id: string; readonly data: string } {
  const id = randomUUID();
  const data = {
    command: { accountId, amount: AMOUNT, reference: REFERENCE },
    metadata: { correlationId: id, causationId: id, commandType: COMMAND_TYPE },
    keepsResult: true,
  };
  return { id, data: JSON.stringify(data) };
}

/** Reads a deposit of the queue: the account, and the metadata of its event. */
export function readCommand(data: string): { readonly accountId: string; readonly metadata: string } {
  const { command, metadata } = JSON.parse(data);
  if (!(command.amount > 0)) throw new Error("Deposit amount must be positive");
  return { accountId: command.accountId, metadata: JSON.stringify(metadata) };
}
