/** Carries the error of a step, with the method that failed. Never leaves the room. */
export class StepFailure extends Error {
  constructor(
    readonly error: unknown,
    /** The method as sentences name it: `FundsTransfer.asked`; the name of the process manager where none was called. */
    readonly place: string,
  ) {
    super(`${place} failed`);
  }
}

/** Does the work of a method. @throws StepFailure with whatever it throws. */
export function at<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof StepFailure ? error : new StepFailure(error, place);
  }
}
