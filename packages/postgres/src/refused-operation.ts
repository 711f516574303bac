import { isRefusedOperation } from "./unavailable";

/** What a function of the schema says of an operation, a table or a snapshot that it refused. */
export interface Refusal {
  readonly kind:
    | "append"
    | "moveCheckpoint"
    | "replaceCheckpoints"
    | "parked"
    | "receiveMessage"
    | "removeTimer"
    | "replaceEntry"
    | "settleEntry"
    | "state"
    | "table"
    | "row"
    | "snapshot";
  /** The place of an operation or a snapshot in the function's arrays, from 1. */
  readonly number: number;
  /** What is stored in its place, by column; null where there is nothing. */
  readonly [stored: string]: string | number | boolean | null;
}

/** @returns undefined for an error of another cause. */
export function refusalIn(error: unknown): Refusal | undefined {
  return isRefusedOperation(error) ? (JSON.parse(error.detail) as Refusal) : undefined;
}
