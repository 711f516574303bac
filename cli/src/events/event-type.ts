import { type Domain, didYouMean, type RecordedEvent } from "@tidemark/core";

import { CommandError } from "../command-error";

/** `Fidelis.DepositMade.v1` is stored under the name `DepositMade`, whatever its version. */
const STORED_TYPE = /^[^.]+\.(?<name>[^.]+)\.v\d+$/;

/**
 * Whether an event is of a type that the call names: by `DepositMade` in any version and under any former name, or by a stored
 * type as a whole.
 *
 * A stored type that the code does not declare is looked for all the same, with a note on standard error: renamed and
 * removed events are still in the store.
 *
 * @throws CommandError for a name that no event of the domain has.
 */
export function typeFilter(domain: Domain, asked: readonly string[]): (event: RecordedEvent) => boolean {
  for (const one of asked) checkType(domain, one);
  const wanted = new Set(asked);
  const presentName = presentNames(domain);
  return (event) => wanted.has(event.type) || wanted.has(nameIn(event.type)) || wanted.has(presentName(event));
}

function nameIn(type: string): string {
  return STORED_TYPE.exec(type)?.groups?.name ?? type;
}

/** The name that an event goes by now. Asked for once a type, where an event of it can be read. */
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
    // Its class is gone, or it cannot be read any more: then it is what it is stored as.
    return undefined;
  }
}

function checkType(domain: Domain, asked: string): void {
  const name = STORED_TYPE.exec(asked)?.groups?.name;
  const names = [...domain.events.keys()];
  // Those of any aggregate: facts stay when it no longer records them.
  const facts = [...domain.aggregates.keys()].map((aggregate) => `${aggregate}Fact`);
  if ([...names, ...facts].includes(name ?? asked)) return;
  const fault = `Domain ${JSON.stringify(domain.name)} has no event ${JSON.stringify(asked)}`;
  const hint = didYouMean(name ?? asked, [...names, ...facts]);
  if (name === undefined) throw new CommandError(`${fault}${hint || `; it has ${names.join(", ") || "none"}`}`);
  process.stderr.write(`${fault}${hint}; what is stored under that type is looked for all the same.\n`);
}
