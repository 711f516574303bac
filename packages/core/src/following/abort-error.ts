/** What ends work by a signal, with the name and the code of Node's own. */
export class AbortError extends Error {
  override readonly name = "AbortError";
  readonly code = "ABORT_ERR";

  /** @param cause the signal's reason. */
  constructor(cause: unknown) {
    super("The operation was aborted", { cause });
  }
}
