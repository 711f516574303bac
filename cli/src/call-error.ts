/** The call itself is wrong: an option, a name, a path, the module it points at. Ends with exit status 2. */
export class CallError extends Error {
  override readonly name = "CallError";
}
