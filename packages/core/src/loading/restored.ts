import { newLife } from "../elements/aggregate-life";
import { type AggregateRoot, born } from "../elements/aggregate-root";
import type { AggregateModel } from "../model/aggregate-model";
import type { Snapshot } from "../snapshots/snapshot";

/** As much of a snapshot as an aggregate is restored from. */
type RestorableState = Pick<Snapshot, "state" | "version" | "lastEventId" | "createdAt">;

/**
 * Makes an aggregate with the state of a snapshot in the present schema; without one, an aggregate without events. Takes the
 * snapshot's state apart.
 */
export function restored<A extends AggregateRoot>(
  model: AggregateModel<A>,
  id: string,
  snapshot: RestorableState | undefined,
  isTemporal: boolean,
): A {
  const life = newLife(id, isTemporal);
  const aggregate = born(model.type, life);
  if (snapshot === undefined) return aggregate;
  // A field that the state lacks was undefined when the snapshot was taken, whatever its default is.
  const state = model.shape.decode(snapshot.state) as Record<string, unknown>;
  life.state = model.shape.keys.map((key) => state[key]);
  life.version = snapshot.version;
  life.lastEventId = snapshot.lastEventId;
  life.snapshotVersion = snapshot.version;
  life.snapshotTime = snapshot.createdAt.getTime();
  return aggregate;
}
