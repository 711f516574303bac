import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import type { ProjectionModel } from "../../model/projection-model";
import type { ReadModelStore } from "../../ports/read-model-store";
import type { Row } from "../../ports/table";
import { ROWS_AT_ONCE, tableRows } from "../../rows/table-rows";
import { deeplyFrozen } from "../../schema/copying";
import { inWords } from "../../wording/in-words";
import { isSameRow, type RowDifference, rowDifferences } from "../row-differences";
import type { RowFolding } from "../row-folding";
import { encodedRow } from "./encoded-row";
import { FoldedRows } from "./folded-rows";
import { HASHES, keyHash } from "./key-hash";
import { PartOfKeys } from "./part-of-keys";
import type { ProjectedEvents } from "./projected-events";
import type { FindRowPositions } from "./row-positions";
import { secondLook } from "./second-look";

/** How to verify the rows of a projection. */
export interface VerifyProjectionOptions {
  /** Compares so many rows, chosen at random; all of them where absent. */
  readonly sample?: number;
  /** Chooses the same rows again: a whole number. */
  readonly seed?: number;
  /** How many rows are held in memory at most: 50,000 where absent. The log is read once for so many. */
  readonly rowsAtOnce?: number;
  /** Ends the verification. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each page of events or rows. */
  readonly onProgress?: ((progress: VerificationProgress) => void) | undefined;
}

/** How far a verification is. */
export interface VerificationProgress {
  /** How many events were read; those of the log once for each part of the rows. */
  readonly events: number;
  /** How many rows were compared. */
  readonly checked: number;
  /** How many rows are to be compared, as far as it is known at the start. */
  readonly rows: number;
}

/** The outcome of a verification. */
export interface ProjectionVerification {
  /** How many rows were compared, those that are missing included. */
  readonly checked: number;
  /** The places where rows are other than the fold of their events, of the first 1,000 such rows. */
  readonly differences: readonly RowDifference[];
  /** How many rows differ. */
  readonly differing: number;
  /** Keys that are set aside: their rows were compared as they are before the event that failed. */
  readonly parked: readonly string[];
}

interface VerificationParts {
  readonly model: ProjectionModel;
  readonly folding: RowFolding;
  readonly readModels: Pick<ReadModelStore, "rows" | "query" | "count">;
  readonly events: ProjectedEvents;
  readonly positions: FindRowPositions;
}

const IN_HAND = 50_000;

const LISTED_ROWS = 1_000;

/** Folds the events of a projection again, and compares the rows with those that are stored. */
export class ProjectionVerifier {
  readonly #signal: AbortSignal | undefined;
  readonly #inHand: number;
  readonly #seed: number;
  readonly #differences: RowDifference[] = [];
  readonly #parked = new Set<string>();
  #differing = 0;
  #checked = 0;
  #events = 0;
  #rows = 0;

  constructor(
    private readonly parts: VerificationParts,
    private readonly options: VerifyProjectionOptions,
  ) {
    const { name } = parts.model;
    const { sample, rowsAtOnce = IN_HAND, seed = Math.floor(Math.random() * 2 ** 31), signal } = options;
    for (const [option, value, least] of [
      ["sample", sample, 1],
      ["rowsAtOnce", rowsAtOnce, 1],
      ["seed", seed, Number.MIN_SAFE_INTEGER],
    ] as const)
      if (value !== undefined && (!Number.isSafeInteger(value) || value < least))
        throw new IncorrectUsageError(
          `Cannot verify ${name}: ${option} must be a whole number${least === 1 ? " from 1" : ""}, found ${inWords(value)}`,
        );
    this.#signal = signal;
    this.#inHand = rowsAtOnce;
    this.#seed = seed;
  }

  /** @throws ProjectionFoldError for an event that cannot be folded any more; the signal's reason. */
  async run(): Promise<ProjectionVerification> {
    const { readModels, folding } = this.parts;
    const stored = await readModels.count({ table: folding.table, where: [] });
    this.#rows = Math.min(stored, this.options.sample ?? stored);
    const end = await this.#sampleEnd(stored);
    // Less than what fits, because keys do not spread quite evenly.
    const width = Math.ceil(end * Math.min(1, (0.9 * this.#inHand) / Math.max(1, this.#rows)));
    for (let start = 0, next = width; start < end; ) {
      const part = new PartOfKeys(this.#seed, start, Math.min(end, start + next));
      await this.#verify(part);
      next = part.end - start;
      start = part.end;
    }
    return {
      checked: this.#checked,
      differences: this.#differences,
      differing: this.#differing,
      parked: [...this.#parked],
    };
  }

  /** The hash before which as many stored rows lie as are to be compared. */
  async #sampleEnd(stored: number): Promise<number> {
    const { sample } = this.options;
    if (sample === undefined || sample >= stored) return HASHES;
    const { readModels, folding } = this.parts;
    let lowest: number[] = [];
    const cut = () => {
      lowest = lowest.sort((a, b) => a - b).slice(0, sample);
    };
    for await (const rows of tableRows(readModels, folding.table)) {
      this.#signal?.throwIfAborted();
      for (const [key] of rows) lowest.push(keyHash(key as string, this.#seed));
      if (lowest.length >= 2 * sample + ROWS_AT_ONCE) cut();
    }
    cut();
    return lowest.length < sample ? HASHES : lowest.at(-1)! + 1;
  }

  async #verify(part: PartOfKeys): Promise<void> {
    const { model, folding, readModels, events, positions } = this.parts;
    const signal = this.#signal;
    const attempted = `verify ${model.name}`;
    const folded = await positions(signal);
    const rows = new FoldedRows({ attempted, folding, takes: (key) => part.has(key) });
    for await (const page of events.in({ after: 0, to: folded.end, signal })) {
      rows.fold(page, folded);
      this.#events += page.length;
      this.#tell();
      if (rows.size > this.#inHand) narrow(part, rows, this.#inHand);
    }
    let suspects: string[] = [];
    const judge = async (): Promise<void> => {
      const judged = suspects;
      suspects = [];
      if (judged.length === 0) return;
      const take = (key: string) => ({ key, row: rows.get(key), position: folded.of(key) });
      const verdicts = secondLook({ ...this.parts, attempted, signal }, judged.map(take));
      for await (const { key, stored, expected, isSetAside } of verdicts) {
        if (stored !== undefined || expected !== undefined) this.#checked++;
        if (isSetAside) this.#parked.add(key);
        this.#note(rowDifferences(folding, key, stored, expected));
      }
      for (const key of judged) rows.remove(key);
      this.#tell();
    };
    for await (const page of tableRows(readModels, folding.table)) {
      signal?.throwIfAborted();
      for (const stored of page) {
        const key = stored[0] as string;
        if (!part.has(key)) continue;
        if (this.#isAsFolded(key, stored, rows)) {
          this.#checked++;
          if (folded.isSetAside(key)) this.#parked.add(key);
          rows.remove(key);
        } else suspects.push(key);
      }
      if (suspects.length >= ROWS_AT_ONCE) await judge();
      this.#tell();
    }
    await judge();
    for (const key of [...rows.keys()]) {
      suspects.push(key);
      if (suspects.length >= ROWS_AT_ONCE) await judge();
    }
    await judge();
  }

  #isAsFolded(key: string, stored: Row, rows: FoldedRows): boolean {
    const expected = encodedRow(this.parts.folding, key, rows.get(key));
    return isSameRow(this.parts.folding.table, stored, expected);
  }

  #note(differences: readonly RowDifference[]): void {
    if (differences.length === 0) return;
    this.#differing++;
    if (this.#differing <= LISTED_ROWS) this.#differences.push(...differences.map((each) => deeplyFrozen(each)));
  }

  #tell(): void {
    this.options.onProgress?.({ events: this.#events, checked: this.#checked, rows: this.#rows });
  }
}

/** Leaves out keys until as many rows are in hand as may be. */
function narrow(part: PartOfKeys, rows: FoldedRows, inHand: number): void {
  while (rows.size > inHand && part.end - part.start > 1) {
    part.halve();
    for (const key of [...rows.keys()]) if (!part.has(key)) rows.remove(key);
  }
}
