import { brandError, DomainError } from "./domain-error";

/** A stream moved on, or never was where the writer thought it. Nothing of the append was written. */
export class ExpectedVersionError extends DomainError {
  readonly stream: string;
  /** The version the writer had seen; -1 for "no such stream yet". */
  readonly expected: number;
  /** The version the stream has; -1 where it does not exist. */
  readonly actual: number;

  constructor(details: { stream: string; expected: number; actual: number }) {
    const { stream, expected, actual } = details;
    const [wanted, found] = [inWords(expected), actual < 0 ? "it does not exist" : `its version is ${actual}`];
    super(`Cannot append to stream ${JSON.stringify(stream)}: ${wanted}, but ${found}`, {
      code: "EXPECTED_VERSION_MISMATCH",
      details,
    });
    this.stream = stream;
    this.expected = expected;
    this.actual = actual;
  }
}

brandError(ExpectedVersionError, "ExpectedVersionError");

function inWords(expected: number): string {
  return expected < 0 ? "expected no such stream yet" : `expected version ${expected}`;
}
