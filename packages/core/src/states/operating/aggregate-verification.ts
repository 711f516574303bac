import { foldTable } from "../../elements/fold-table";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { StoreUnavailableError } from "../../errors/store-unavailable-error";
import type { AggregateModel } from "../../model/aggregate-model";
import { isOpen } from "../../model/aggregate-storage";
import { mapAhead } from "../../snapshots/upkeep/map-ahead";
import { inWords, reasonOf } from "../../wording/in-words";
import { type AggregateDifference, type ComparedAggregates, Comparisons } from "./compared-aggregates";
import { sampledIds } from "./sampled-ids";

/** How to verify what is stored of the aggregates of a class. */
export interface VerifyAggregateOptions {
  /** Compares so many aggregates, chosen at random; all of them where absent. */
  readonly sample?: number;
  /** Chooses the same aggregates again: a whole number. */
  readonly seed?: number;
  /** Writes what differs, and what is missing, anew from the events. Only where the events are the truth. */
  readonly repair?: boolean;
  /** Ends the verification. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each aggregate. */
  readonly onProgress?: ((progress: AggregateProgress) => void) | undefined;
}

/** How far a long work on the aggregates of a class is. */
export interface AggregateProgress {
  /** What is being done: `Verifying`. */
  readonly phase: string;
  /** How many aggregates are done. */
  readonly done: number;
  /** How many there are, as far as it is known at the start. */
  readonly aggregates: number;
}

/** The outcome of a verification. */
export interface AggregateVerification extends ComparedAggregates {
  /** How many of those that differ were written anew. */
  readonly repaired: number;
}

/** Compares one aggregate, and repairs it where that is asked for. */
export interface AggregateVerifier {
  /** Lists the ids of all aggregates, in the order of their UTF-8 bytes. */
  ids(): AsyncIterable<string>;
  /** How many aggregates there are, roughly. */
  count(): Promise<number>;
  /** @returns undefined where there is nothing of it. @throws where it cannot be compared. */
  compare(id: string): Promise<{ readonly differences: readonly AggregateDifference[] } | undefined>;
  /** @throws where it cannot be compared, or not be repaired. */
  repair(
    id: string,
  ): Promise<{ readonly differences: readonly AggregateDifference[]; readonly repaired: boolean } | undefined>;
}

const AT_ONCE = 4;

/** Verifies the aggregates of a class, a few at a time. @throws the signal's reason. */
export async function verifyAggregates(
  verifier: AggregateVerifier,
  options: VerifyAggregateOptions,
): Promise<AggregateVerification> {
  const { sample, seed = Math.floor(Math.random() * 2 ** 31), repair = false, signal, onProgress } = options;
  const comparisons = new Comparisons();
  const count = await verifier.count();
  const aggregates = Math.min(count, sample ?? count);
  let repaired = 0;
  const ids = sampledIds(verifier.ids(), { sample, seed });
  const found = mapAhead(untilAborted(ids, signal), (id) => compared(id, verifier, repair), { atOnce: AT_ONCE });
  for await (const each of found) {
    if ("reason" in each) comparisons.fail(each);
    else if (each.differences !== undefined && comparisons.note(each.differences) && each.repaired) repaired++;
    onProgress?.({ phase: "Verifying", done: comparisons.checked, aggregates });
  }
  signal?.throwIfAborted();
  return { ...comparisons.result, repaired };
}

type Compared =
  | { readonly id: string; readonly reason: string }
  | { readonly differences: readonly AggregateDifference[] | undefined; readonly repaired: boolean };

async function compared(id: string, verifier: AggregateVerifier, repair: boolean): Promise<Compared> {
  try {
    const found = repair ? await verifier.repair(id) : await verifier.compare(id);
    return { differences: undefined, repaired: false, ...found };
  } catch (error) {
    if (error instanceof StoreUnavailableError) throw error;
    return { id, reason: reasonOf(error) };
  }
}

/** @throws IncorrectUsageError for options that are not valid, and for aggregates whose events cannot give what is stored of them. */
export function refuseUnverifiable(
  { name, type, storage, eventTypes }: AggregateModel,
  { repair = false, sample, seed }: VerifyAggregateOptions,
): void {
  checkNumbers(name, { sample, seed });
  const { stored, unique } = storage;
  if (stored === "events" && unique.length === 0)
    throw new IncorrectUsageError(
      `Cannot verify ${name}: it is stored as its events alone, and declares nothing unique, so there is nothing to compare with them; domain.snapshotsFor(${name}).verify() compares its snapshots`,
    );
  if (stored === "state")
    throw new IncorrectUsageError(
      `Cannot verify ${name}: it is stored as its state alone, and its events need not lead to it; declare stored: "both" to keep both`,
    );
  if (!isOpen(storage)) return;
  if (repair)
    throw new IncorrectUsageError(
      `Cannot repair ${name}: its rows are the truth (truth: "state"), which its events only explain; verify it without repair`,
    );
  const folds = foldTable(type);
  const unfolded = [...eventTypes].filter(([event]) => !folds.has(event)).map(([, { shortName }]) => shortName);
  if (unfolded.length > 0)
    throw new IncorrectUsageError(
      `Cannot verify ${name}: its events cannot lead to its state, because it has no @apply method for ${unfolded.join(", ")}`,
    );
}

function checkNumbers(name: string, numbers: Readonly<Record<"sample" | "seed", number | undefined>>): void {
  for (const [option, value, least] of [
    ["sample", numbers.sample, 1],
    ["seed", numbers.seed, Number.MIN_SAFE_INTEGER],
  ] as const)
    if (value !== undefined && (!Number.isSafeInteger(value) || value < least))
      throw new IncorrectUsageError(
        `Cannot verify ${name}: ${option} must be a whole number${least === 1 ? " from 1" : ""}, found ${inWords(value)}`,
      );
}

async function* untilAborted(ids: AsyncIterable<string>, signal: AbortSignal | undefined): AsyncGenerator<string> {
  for await (const id of ids) {
    if (signal?.aborted) return;
    yield id;
  }
}
