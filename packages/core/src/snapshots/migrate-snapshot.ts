import { newLife } from "../elements/aggregate-life";
import { born } from "../elements/aggregate-root";
import { abandon, isPromise } from "../errors/returned-promise";
import type { AggregateModel } from "../model/aggregate-model";
import { exactJson } from "../schema/exact-json";
import { toStorable } from "../schema/storable";
import { reasonOf } from "../wording/in-words";
import type { Snapshot } from "./snapshot";
import { storedState } from "./stored-state";

/** A migration threw, or its result is not a state of the aggregate. */
export class MigrationFailed extends Error {}

/**
 * Takes an older snapshot's state through the chain of migrations to the present schema.
 *
 * The state is the snapshot's own copy, fresh from its text, so migrations may change it in place. A field that the
 * result lacks gets its default, as in a new aggregate; the others are checked against the shape as raised events are, and
 * nothing is converted.
 *
 * @throws MigrationFailed
 */
export function migrateSnapshot(snapshot: Snapshot, model: AggregateModel): Snapshot {
  const state = migrateState(snapshot, model);
  return { ...snapshot, schemaVersion: model.schemaVersion, fingerprint: model.fingerprint, state };
}

/** The same for a state alone. @throws MigrationFailed */
export function migrateState(
  older: Pick<Snapshot, "aggregateId" | "schemaVersion" | "state">,
  model: AggregateModel,
): Record<string, unknown> {
  let { schemaVersion, state } = older;
  while (schemaVersion !== model.schemaVersion) {
    const step = model.migrations.get(schemaVersion);
    if (step === undefined) throw new MigrationFailed(`no migration leads on from schema version ${schemaVersion}`);
    state = attempt(step.name, () => plainState(step.migration.migrate(state), step.name));
    schemaVersion = step.to;
  }
  state = { ...storedState(born(model.type, newLife(older.aggregateId)), model), ...state };
  const complaints = attempt("its migrated state", () => model.shape.complaints(model.shape.decode(copied(state))));
  if (complaints !== undefined) {
    const [path, [complaint]] = Object.entries(complaints)[0] as [string, [string]];
    throw new MigrationFailed(`its migrated state does not fit ${model.name}: ${path}: ${complaint}`);
  }
  return state;
}

function attempt<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof MigrationFailed) throw error;
    throw new MigrationFailed(`${name} failed: ${reasonOf(error)}`);
  }
}

function plainState(state: unknown, name: string): Record<string, unknown> {
  if (typeof state !== "object" || state === null || Array.isArray(state) || isPromise(state)) {
    if (isPromise(state)) abandon(state);
    const found = isPromise(state) ? "a promise" : Array.isArray(state) ? "an array" : String(state);
    throw new MigrationFailed(`${name} returned ${found} in the place of a state`);
  }
  return copied(toStorable(state as Record<string, unknown>, { subject: `the state that ${name} returned` }));
}

/** Copies a state: the copy is not frozen, and nothing else refers to it. */
function copied<T>(state: T): T {
  return JSON.parse(exactJson(state)) as T;
}
