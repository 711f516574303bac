import { brandError, DomainError } from "./domain-error";

/** A stream is not at the version that the writer expected. Nothing of the append was written. */
export class ExpectedVersionError extends DomainError {
  readonly stream: string;
  /** The version that the writer expected; -1 for a stream that does not exist yet. */
  readonly expected: number;
  /** The version of the stream; -1 where it does not exist. */
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

brandError(ExpectedVersionError, "ExpectedVersionError", 409);

function inWords(expected: number): string {
  return expected < 0 ? "expected no such stream yet" : `expected version ${expected}`;
}
