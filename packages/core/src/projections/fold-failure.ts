/** Carries the error of an event that could not be folded, with the method that failed. Never leaves the room. */
export class FoldFailure extends Error {
  constructor(
    readonly error: unknown,
    readonly place: string,
  ) {
    super(`${place} failed`);
  }
}

/** Does the work of a method. @throws FoldFailure with whatever it throws. */
export function at<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw failureAt(place, error);
  }
}

/** Notes where an error comes from, unless that is known already. */
export function failureAt(place: string, error: unknown): FoldFailure {
  return error instanceof FoldFailure ? error : new FoldFailure(error, place);
}
