import { OperationConflictError } from "../errors/operation-conflict-error";
import { listIds } from "../event-store/list-ids";
import { settledEnd } from "../subscriptions/reading/settled-end";
import { Examination, type VerifyReservationsParts } from "./examination";
import { examineAggregates } from "./examine-aggregates";
import { examineReservations } from "./examine-reservations";
import { ReservationFaults, type ReservationVerification } from "./reservation-faults";
import { ReservationRecord } from "./reservation-record";

/** How to verify the reservations of a class. */
export interface VerifyReservationsOptions {
  /** Stores what is missing and removes what is superfluous. */
  readonly repair?: boolean | undefined;
  /** The ids of the aggregates to check; all of them, and all reservations, where absent. */
  readonly ids?: AsyncIterable<string> | Iterable<string> | undefined;
  /** Ends the verification. */
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of aggregates that were checked so far. */
  readonly onProgress?: ((checked: number) => void) | undefined;
}

const EVENTS_AT_ONCE = 1_000;

/**
 * Compares what the aggregates of a class have to have reserved with what is reserved, while others write. A repair of all of them that
 * leaves nothing amiss notes that the constraints hold: from then on the domain starts with them.
 *
 * @throws the signal's reason.
 */
export async function verifyReservations(
  parts: VerifyReservationsParts,
  { ids, repair = false, signal, onProgress }: VerifyReservationsOptions,
): Promise<ReservationVerification> {
  const { reservations, log, operations } = parts;
  const { table, model } = reservations;
  const isThere = await operations.readModels.has(table.name);
  if (repair && !isThere) await operations.readModels.createTable(table);
  const faults = new ReservationFaults();
  const hasTable = repair || isThere;
  const examination = new Examination(parts, { faults, repair, hasTable, signal });
  let checked = 0;
  const count = (aggregates: number) => {
    checked += aggregates;
    onProgress?.(checked);
  };
  if (ids !== undefined) {
    await examineAggregates(ids, examination, count);
    return faults.outcome(checked);
  }
  const start = await settledEnd(log);
  const sound = await examineAggregates(listIds(log, model.category), examination, count);
  const changed = await changedSince(start, parts);
  if (repair) await examineAggregates(changed, examination);
  if (hasTable && (changed.size > 0 || (await reservedIn(parts)) !== sound)) await examineReservations(examination);
  if (repair && !faults.areLeft) await noteKept(parts);
  return faults.outcome(checked);
}

/** The ids of the aggregates that have events behind a global position. */
async function changedSince(
  start: number,
  { log, reservations }: VerifyReservationsParts,
): Promise<ReadonlySet<string>> {
  const { category } = reservations.model;
  const ids = new Set<string>();
  for (let after = start; ; ) {
    const page = await log.readAll({ after, limit: EVENTS_AT_ONCE, categories: [category] });
    for (const { stream } of page.messages) ids.add(stream.slice(category.length + 1));
    after = page.upTo;
    if (page.atEnd) return ids;
  }
}

/** How many reservations are stored. */
async function reservedIn({ reservations: { table }, operations }: VerifyReservationsParts): Promise<number> {
  const { revision } = await new ReservationRecord(table, operations).read();
  return (await operations.readModels.count({ table, where: [] })) - (revision === null ? 0 : 1);
}

async function noteKept(parts: VerifyReservationsParts): Promise<void> {
  const { table, model } = parts.reservations;
  const record = new ReservationRecord(table, parts.operations);
  try {
    await record.put(model.storage.unique, await record.read());
  } catch (error) {
    if (error instanceof OperationConflictError) await noteKept(parts);
    else throw error;
  }
}
