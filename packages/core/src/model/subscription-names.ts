import type { Report } from "./domain-problem";
import type { EventHandlerModel } from "./event-handler-model";
import { twinsOf } from "./names";
import type { ProcessManagerModel } from "./process-manager-model";
import type { ProjectionModel, SqlProjectorModel } from "./projection-model";
import { checkReplacedHandlers } from "./replaced-handlers";

const PROJECTION = "a projection";

/** Everything that has checkpoints. */
interface Subscriptions {
  readonly projections: readonly ProjectionModel[];
  readonly sqlProjectors: readonly SqlProjectorModel[];
  readonly eventHandlers: readonly EventHandlerModel[];
  readonly processManagers: readonly ProcessManagerModel[];
}

/**
 * Reports every name that two subscriptions have: their checkpoints and their settings in domain.toml would be the same. Versions of one
 * projection have one name.
 */
export function checkSubscriptionNames(
  { projections, sqlProjectors, eventHandlers, processManagers }: Subscriptions,
  report: Report,
): void {
  const all = [
    ...projections.map(({ name }) => ({ name, noun: PROJECTION })),
    ...sqlProjectors.map(({ name }) => ({ name, noun: "an SQL projector" })),
    ...eventHandlers.map(({ name }) => ({ name, noun: "an event handler" })),
    ...processManagers.map(({ name }) => ({ name, noun: "a process manager" })),
  ];
  const names = all.map(({ name }) => name);
  checkReplacedHandlers(eventHandlers, names, report);
  for (const [identity, [one, other]] of twinsOf(projections, ({ name, version }) => `version ${version} of ${name}`))
    report(`${one!.type.name} and ${other!.type.name} are both ${identity}; give one another version, or another name`);
  for (const [name, twins] of twinsOf(all, (each) => each.name)) {
    if (twins.every(({ noun }) => noun === PROJECTION)) continue;
    const nouns = twins.map(({ noun }) => noun).join(" and of ");
    report(`"${name}" is the name of ${nouns}; give one another name, because their progress is kept under it`);
  }
}
