import type { Domain, RecordedEvent } from "@tidemark/core";

import { core } from "../domain/core";
import { CommandError } from "../io/command-error";
import type { Io } from "../io/io";

/** `Fidelis.DepositMade.v1` is stored under the name `DepositMade`, whatever its version. */
const STORED_TYPE = /^[^.]+\.(?<name>[^.]+)\.v\d+$/;

/**
 * Returns whether an event is of a type that the call names: as `DepositMade`, in any version and under any former name, or as a
 * stored type, `Fidelis.DepositMade.v1`.
 *
 * A stored type that the code does not declare is accepted with a note on standard error, because renamed and removed events are
 * still in the store.
 *
 * @throws CommandError for a name that no event of the domain has.
 */
export function typeFilter(
  domain: Domain,
  asked: readonly string[],
  { stderr }: Pick<Io, "stderr">,
): (event: RecordedEvent) => boolean {
  for (const one of asked) checkType(domain, one, stderr);
  const wanted = new Set(asked);
  const presentName = presentNames(domain);
  return (event) => wanted.has(event.type) || wanted.has(nameIn(event.type)) || wanted.has(presentName(event));
}

function nameIn(type: string): string {
  return STORED_TYPE.exec(type)?.groups?.name ?? type;
}

/** Returns the name that the code gives to an event now. It is found once for each stored type, from the first event. */
function presentNames(domain: Domain): (event: RecordedEvent) => string {
  const byClass = new Map<unknown, string>([...domain.events].map(([name, type]) => [type, name]));
  const byType = new Map<string, string>();
  return (event) => {
    const known = byType.get(event.type);
    if (known !== undefined) return known;
    const name = byClass.get(classOf(domain, event)) ?? nameIn(event.type);
    byType.set(event.type, name);
    return name;
  };
}

function classOf(domain: Domain, event: RecordedEvent): unknown {
  try {
    return domain.eventFrom(event)?.constructor;
  } catch {
    // Its class is gone, or the class cannot read it any more: the event keeps the name it was stored under.
    return undefined;
  }
}

function checkType(domain: Domain, asked: string, stderr: Io["stderr"]): void {
  const name = STORED_TYPE.exec(asked)?.groups?.name;
  const names = [...domain.events.keys()];
  // Of all aggregates: stored facts stay when an aggregate stops recording them.
  const facts = [...domain.aggregates.keys()].map((aggregate) => `${aggregate}Fact`);
  if ([...names, ...facts].includes(name ?? asked)) return;
  const fault = `Domain ${JSON.stringify(domain.name)} has no event ${JSON.stringify(asked)}`;
  const hint = core.config.didYouMean(name ?? asked, [...names, ...facts]);
  if (name === undefined) throw new CommandError(`${fault}${hint || `; it has ${names.join(", ") || "none"}`}`);
  stderr.write(`${fault}${hint}; searching for events that were stored under that type.\n`);
}
