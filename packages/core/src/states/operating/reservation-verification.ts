import { listIds } from "../../event-store/list-ids";
import type { ReservationFault } from "../../reservations/reservation-faults";
import { verifyReservations } from "../../reservations/verify-reservations";
import type { AggregateVerification, VerifyAggregateOptions } from "./aggregate-verification";
import type { AggregateDifference } from "./compared-aggregates";
import { sampledIds } from "./sampled-ids";

type ReservationParts = Parameters<typeof verifyReservations>[0];

/** Compares what event-sourced aggregates have reserved with what their events say that they have to. @throws the signal's reason. */
export async function verifyReserved(
  parts: ReservationParts,
  { sample, seed = Math.floor(Math.random() * 2 ** 31), repair, signal, onProgress }: VerifyAggregateOptions,
): Promise<AggregateVerification> {
  const { log, reservations } = parts;
  const ids = () => sampledIds(listIds(log, reservations.model.category), { sample, seed });
  const {
    faults,
    faulty: differing,
    ...found
  } = await verifyReservations(parts, {
    ...(sample !== undefined && { ids: ids() }),
    repair,
    signal,
    onProgress: (done) => onProgress?.({ phase: "Verifying", done, aggregates: sample ?? done }),
  });
  return { ...found, differing, differences: faults.map(differenceOf) };
}

/** Without the values: they may be personal. */
function differenceOf({ id, fields, kind, other }: ReservationFault): AggregateDifference {
  const path = fields.join(", ");
  switch (kind) {
    case "missing":
      return { id, path, stored: undefined, folded: "reserved" };
    case "superfluous":
      return { id, path, stored: "reserved", folded: undefined };
    case "double":
      return { id, path, stored: `reserved for ${JSON.stringify(other)}, which has the same`, folded: "reserved" };
  }
}
