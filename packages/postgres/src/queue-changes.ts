import type { OperationConflictError } from "@tidemark/core";
import {
  type Enqueue,
  type Operation,
  refusedEntry,
  refusedReplacedEntry,
  type SettleEntry,
} from "@tidemark/core/adapter";

import { bigintArray, booleanArray, doubleArray, integerArray, textArray } from "./binary-arrays";
import { timeArrays } from "./queue-times";
import type { Refusal } from "./refused-operation";
import type { Call, Parameter, Statement } from "./work";

/** The operations that change the queue of commands. All of one kind are one statement. */
export class QueueChanges {
  private readonly enqueue: Statement;
  private readonly settle: Statement;

  constructor(schema: string) {
    this.enqueue = { name: "enqueue", text: `SELECT ${schema}.enqueue(${placeholders(12)})` };
    this.settle = { name: "settle_entries", text: `SELECT ${schema}.settle_entries(${placeholders(8)})` };
  }

  calls(operations: readonly Operation[]): readonly Call[] {
    const [added, settled] = [addedIn(operations), settledIn(operations)];
    const calls: Call[] = [];
    if (added.length > 0) calls.push({ statement: this.enqueue, values: valuesOfAdded(added) });
    if (settled.length > 0) calls.push({ statement: this.settle, values: valuesOfSettled(settled) });
    return calls;
  }
}

export function replacedEntryRefusal({ number }: Refusal, operations: readonly Operation[]): OperationConflictError {
  return refusedReplacedEntry(addedIn(operations)[number - 1]!);
}

export function entryRefusal({ number, revision }: Refusal, operations: readonly Operation[]): OperationConflictError {
  const stored = revision == null ? undefined : { revision: Number(revision) };
  return refusedEntry(settledIn(operations)[number - 1]!, stored);
}

function addedIn(operations: readonly Operation[]): readonly Enqueue[] {
  return operations.filter((operation) => operation.kind === "enqueue");
}

function settledIn(operations: readonly Operation[]): readonly SettleEntry[] {
  return operations.filter((operation) => operation.kind === "settleEntry");
}

function valuesOfAdded(added: readonly Enqueue[]): readonly Parameter[] {
  const entries = added.map(({ entry }) => entry);
  return [
    textArray(entries.map(({ id }) => id)),
    textArray(entries.map(({ lane }) => lane)),
    textArray(entries.map(({ type }) => type)),
    doubleArray(entries.map(({ priority }) => priority)),
    ...timeArrays(entries.map(({ due }) => due)),
    ...timeArrays(entries.map(({ expires }) => expires)),
    textArray(entries.map(({ line }) => line ?? null)),
    bigintArray(entries.map(({ number }) => number)),
    textArray(entries.map(({ data }) => data)),
    booleanArray(added.map(({ replaces = false }) => replaces)),
  ];
}

function valuesOfSettled(settled: readonly SettleEntry[]): readonly Parameter[] {
  const changes = settled.map(({ change }) => change);
  return [
    textArray(settled.map(({ id }) => id)),
    bigintArray(settled.map(({ expected }) => expected)),
    textArray(changes.map((change) => change?.state ?? null)),
    integerArray(changes.map((change) => change?.attempts ?? null)),
    ...timeArrays(changes.map((change) => change?.due)),
    textArray(changes.map((change) => change?.outcome ?? null)),
    integerArray(changes.map((change) => change?.claims ?? null)),
  ];
}

function placeholders(count: number): string {
  return Array.from({ length: count }, (_, index) => `$${index + 1}`).join(", ");
}
