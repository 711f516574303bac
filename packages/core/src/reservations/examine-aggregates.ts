import { OperationConflictError } from "../errors/operation-conflict-error";
import { streamOf } from "../event-store/stream-names";
import type { Examination } from "./examination";
import type { ReservationFault } from "./reservation-faults";
import type { ReservedKeys } from "./reservation-keys";
import { putReservations, removeReservations } from "./reservation-table";

/** How many aggregates are loaded at once. */
const AT_ONCE = 100;

/**
 * Checks for each aggregate whether it has reserved what it has to.
 * @param count called with a number of aggregates that were checked.
 * @returns how many reservations are in order now.
 */
export async function examineAggregates(
  ids: AsyncIterable<string> | Iterable<string>,
  examination: Examination,
  count: (aggregates: number) => void = () => undefined,
): Promise<number> {
  let sound = 0;
  let batch: string[] = [];
  const examine = async () => {
    sound += await examineBatch(batch, examination);
    count(batch.length);
    batch = [];
  };
  for await (const id of ids) {
    batch.push(id);
    if (batch.length === AT_ONCE) await examine();
  }
  if (batch.length > 0) await examine();
  return sound;
}

async function examineBatch(ids: readonly string[], examination: Examination): Promise<number> {
  examination.options.signal?.throwIfAborted();
  const loaded = await Promise.all(ids.map(async (id) => ({ id, wanted: (await examination.wantedBy(id))?.wanted })));
  const owners = await examination.owners(loaded.flatMap(({ wanted = NOTHING }) => [...wanted.keys()]));
  let sound = 0;
  for (const { id, wanted = NOTHING } of loaded) {
    const own = [...wanted.keys()].filter((key) => owners.get(key) === id);
    sound += own.length;
    if (own.length < wanted.size) sound += await lookAgain(id, examination);
  }
  return sound;
}

const NOTHING: ReservedKeys = new Map();

/** A reservation that an aggregate lacks. */
interface Lacking {
  readonly key: string;
  readonly fault: ReservationFault;
  readonly owner: string;
  /** Whose it is stored as. */
  readonly storedOwner: string | undefined;
}

/**
 * Others write meanwhile: what was read counts only where the aggregate is the same before and after it.
 * @returns how many reservations were repaired.
 */
async function lookAgain(id: string, examination: Examination): Promise<number> {
  const { parts, options } = examination;
  for (;;) {
    options.signal?.throwIfAborted();
    const found = await examination.wantedBy(id);
    if (found === undefined) return 0;
    const { version, wanted } = found;
    const lacking = await lackingOf(id, wanted, examination);
    if ((await versionOf(id, examination)) !== version) continue;
    const faults = lacking.map(({ fault }) => fault);
    const missing = lacking.filter(({ fault }) => fault.kind === "missing");
    if (!options.repair) {
      for (const { key } of missing) examination.missing.set(key, id);
      options.faults.note(faults, { isRepaired: false });
      return 0;
    }
    try {
      if (missing.length > 0) await parts.operations.flush([putReservations(parts.reservations.table, missing)]);
    } catch (error) {
      if (error instanceof OperationConflictError) continue;
      throw error;
    }
    options.faults.note(faults, { isRepaired: true });
    if ((await versionOf(id, examination)) === version) return missing.length;
    await takeBack(id, missing, examination);
  }
}

async function lackingOf(id: string, wanted: ReservedKeys, examination: Examination): Promise<readonly Lacking[]> {
  const owners = await examination.owners([...wanted.keys()]);
  const lacking: Lacking[] = [];
  for (const [key, fields] of wanted) {
    const storedOwner = owners.get(key);
    if (storedOwner === id) continue;
    const other = storedOwner ?? examination.missing.get(key);
    const ofOther = other === undefined || other === id ? NOTHING : (await examination.wantedBy(other))?.wanted;
    // Whoever cannot be loaded is noted as such, and keeps what is reserved for it.
    if (ofOther === undefined) continue;
    const isDouble = other !== undefined && ofOther.has(key);
    const fault: ReservationFault = isDouble ? { kind: "double", fields, id, other } : { kind: "missing", fields, id };
    lacking.push({ key, fault, owner: id, storedOwner });
  }
  return lacking;
}

/** Removes what was stored for an aggregate that was changed in between, as far as it does not have it any more. */
async function takeBack(id: string, stored: readonly Lacking[], examination: Examination): Promise<void> {
  const { operations, reservations } = examination.parts;
  const now = await examination.wantedBy(id);
  for (const { key } of stored) {
    if (now === undefined || now.wanted.has(key)) continue;
    try {
      await operations.flush([removeReservations(reservations.table, [{ key, storedOwner: id }])]);
    } catch (error) {
      // The aggregate has removed it itself.
      if (!(error instanceof OperationConflictError)) throw error;
    }
  }
}

async function versionOf(id: string, { parts: { log, reservations } }: Examination): Promise<number> {
  return await log.version(streamOf(reservations.model.category, id));
}
