import { IncorrectUsageError } from "../errors/incorrect-usage-error";

/** Which earlier state to show; one of the two. */
export type TemporalOptions = AtVersion | AsOf;

interface AtVersion {
  /** The state after the events 0 to this one. */
  readonly atVersion: number;
  readonly asOf?: never;
}

interface AsOf {
  /** The state at this moment: events after it are left out. */
  readonly asOf: Date;
  readonly atVersion?: never;
}

interface TemporalBounds {
  readonly bounds: { readonly maxVersion?: number; readonly maxTime?: number };
  /** The bound in words, for errors: `at version 7`. */
  readonly asked: string;
}

/** @throws IncorrectUsageError when both or neither are given, or one is not valid. */
export function temporalBounds({ atVersion, asOf }: TemporalOptions): TemporalBounds {
  if ((atVersion === undefined) === (asOf === undefined)) {
    throw new IncorrectUsageError("Give either atVersion or asOf: an aggregate has one state at a time");
  }
  if (asOf === undefined) {
    if (Number.isSafeInteger(atVersion) && atVersion >= 0) {
      return { bounds: { maxVersion: atVersion }, asked: `at version ${atVersion}` };
    }
    throw new IncorrectUsageError(`atVersion must be a whole number of at least 0, found ${atVersion}`);
  }
  if (!(asOf instanceof Date) || Number.isNaN(asOf.getTime()))
    throw new IncorrectUsageError("asOf must be a valid Date");
  return { bounds: { maxTime: asOf.getTime() }, asked: `as of ${asOf.toISOString()}` };
}
