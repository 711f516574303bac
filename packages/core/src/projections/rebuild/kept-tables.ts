import { ExpectedVersionError } from "../../errors/expected-version-error";
import { clearInterval, setInterval } from "../../ports/real-timers";
import type { DeclarationRecord } from "../declaration-record";
import { subscriptionOf } from "../projection-consumer";
import type { PreparedProjection } from "../start-projections";
import { StoredDeclarations } from "../stored-declarations";
import type { RebuildStores } from "./shadow";

/** How often tables are looked for that are not to be kept any longer. */
const LOOK_MS = 60_000;

interface KeptTablesParts {
  readonly projections: () => readonly PreparedProjection[];
  readonly stores: RebuildStores;
  readonly keepOldMs: number;
  /** The present time: milliseconds since 1970, UTC. */
  readonly clock: () => number;
  /** Takes the error of a table that could not be dropped. It is tried again. */
  readonly failed: (projection: string, error: unknown) => void;
}

/** Drops the tables that rebuilds have replaced, when they were kept for long enough, whichever process has rebuilt them. */
export class KeptTables {
  #timer: ReturnType<typeof setInterval> | undefined;
  #look: Promise<void> = Promise.resolve();

  constructor(private readonly parts: KeptTablesParts) {}

  /** Looks now, and from time to time. */
  async start(): Promise<void> {
    this.#timer ??= setInterval(() => void this.dropDue(), Math.min(LOOK_MS, this.parts.keepOldMs));
    this.#timer.unref();
    await this.dropDue();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#look;
  }

  async dropDue(): Promise<void> {
    this.#look = this.#look.then(() => this.#dropDue());
    await this.#look;
  }

  async #dropDue(): Promise<void> {
    for (const projection of this.parts.projections())
      try {
        await this.#dropOf(projection);
      } catch (error) {
        // Another process has just done it, or rebuilds the projection.
        if (!(error instanceof ExpectedVersionError)) this.parts.failed(projection.model.name, error);
      }
  }

  async #dropOf({ model }: PreparedProjection): Promise<void> {
    const { stores, keepOldMs, clock } = this.parts;
    const declarations = new StoredDeclarations(stores.domain, stores.operations);
    const subscription = subscriptionOf(model);
    const known = await declarations.of(subscription);
    if (known?.record.kept === undefined) return;
    const { kept, ...record }: DeclarationRecord = known.record;
    if (clock() < kept!.since + keepOldMs) return;
    await stores.operations.flush([declarations.putting(subscription, record, known)]);
    await stores.operations.readModels.dropTable(kept!.table);
  }
}
