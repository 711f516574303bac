import { StoreUnavailableError } from "../errors/store-unavailable-error";
import type { Loader } from "../loading/aggregate-loader";
import type { EventLog } from "../ports/event-log";
import type { OperationStores } from "../ports/operation-stores";
import { reasonOf } from "../wording/in-words";
import type { ReservationFaults } from "./reservation-faults";
import type { ReservedKeys } from "./reservation-keys";
import type { Reservations } from "./reservations";

/** What a verification of reservations works with. */
export interface VerifyReservationsParts {
  readonly reservations: Reservations;
  readonly loader: Pick<Loader, "load">;
  readonly log: EventLog;
  readonly operations: Pick<OperationStores, "flush" | "readModels">;
}

interface ExaminationOptions {
  readonly faults: ReservationFaults;
  readonly repair: boolean;
  /** Whether there is a table of reservations. */
  readonly hasTable: boolean;
  readonly signal: AbortSignal | undefined;
}

/** What an aggregate has to have reserved, and the version at which that is so; -1 where there is none. */
interface Wanted {
  readonly version: number;
  readonly wanted: ReservedKeys;
}

const NOTHING: ReservedKeys = new Map();

/** A verification under way. */
export class Examination {
  /** The ids of aggregates by the keys of reservations that are missing and were not stored. */
  readonly missing = new Map<string, string>();

  constructor(
    readonly parts: VerifyReservationsParts,
    readonly options: ExaminationOptions,
  ) {}

  /** Loads what an aggregate has to have reserved. @returns undefined where it cannot be loaded, which is noted. */
  async wantedBy(id: string): Promise<Wanted | undefined> {
    const { loader, reservations } = this.parts;
    try {
      const { aggregate } = await loader.load(id);
      if (aggregate === undefined) return { version: -1, wanted: NOTHING };
      return { version: aggregate.version, wanted: reservations.wantedBy(aggregate) };
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error;
      this.options.faults.fail({ id, reason: reasonOf(error) });
      return undefined;
    }
  }

  /** Whose the reservations with these keys are. */
  async owners(keys: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.options.hasTable ? await this.parts.reservations.owners(keys) : new Map();
  }
}
