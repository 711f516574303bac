import type { Call } from "./work";

const failedCalls = new WeakMap<object, Call>();

/** Notes which of several calls the server answered with an error. */
export function noteFailedCall(error: unknown, call: Call | undefined): void {
  if (call !== undefined && typeof error === "object" && error !== null) failedCalls.set(error, call);
}

/** The call that the server answered with this error; undefined where it was none, as at the commit. */
export function failedCall(error: unknown): Call | undefined {
  return typeof error === "object" && error !== null ? failedCalls.get(error) : undefined;
}
