import { type DomainError, UniqueViolationError } from "@tidemark/core";
import {
  failedStatement,
  type Operation,
  type RunStatement,
  refuseTransactionControl,
  type StatementValue,
} from "@tidemark/core/adapter";

import { timeValue } from "./binary-arrays";
import { failedCall } from "./failed-call";
import { NamedStatements } from "./named-statements";
import { faultOfStatement, isUniqueViolation, violatedKey } from "./unavailable";
import type { Call, Parameter } from "./work";

/** An application has some dozens of statements of its own. */
const KEPT = 200;

/** A statement of an application. */
interface OwnCall extends Call {
  readonly own: RunStatement;
}

/** The statements of applications. Each is prepared once on each connection. */
export class OwnStatements {
  private readonly names = new NamedStatements("own", KEPT);

  calls(operations: readonly Operation[]): readonly OwnCall[] {
    return operations.flatMap((operation) => (operation.kind === "runStatement" ? [this.callFor(operation)] : []));
  }

  /** @returns the error for a statement that the server refused for what it says; undefined for an error of another cause. */
  refusal(error: unknown): DomainError | undefined {
    const call = failedCall(error);
    if (call === undefined || !("own" in call)) return undefined;
    if (isUniqueViolation(error)) return new UniqueViolationError(violatedKey(error), error);
    const fault = faultOfStatement(error);
    return fault === undefined ? undefined : failedStatement((call as OwnCall).own, fault, error);
  }

  private callFor(own: RunStatement): OwnCall {
    refuseTransactionControl(own);
    const { texts, values } = own;
    // A date has its type wherever it stands: the server would take it for a text where it cannot tell.
    const casts = values.map((value) => (value instanceof Date ? "::timestamptz" : ""));
    const text = texts.reduce((before, after, index) => `${before}$${index}${casts[index - 1]}${after}`);
    return { own, statement: this.names.of(text), values: values.map((value) => parameterOf(own, value)) };
  }
}

function parameterOf(own: RunStatement, value: StatementValue): Parameter {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw failedStatement(own, "one of its dates is no time");
    return timeValue(value.getTime());
  }
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return value === null ? null : String(value);
}
