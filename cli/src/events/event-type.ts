import { type Domain, didYouMean } from "@tidemark/core";

import { CommandError } from "../command-error";

/** `Fidelis.DepositMade.v1` is stored under the name `DepositMade`, whatever its version. */
const STORED_TYPE = /^[^.]+\.(?<name>[^.]+)\.v\d+$/;

/**
 * Whether an event's stored type is one that the call names: by `DepositMade` in any version, or by a stored type as a whole.
 *
 * A stored type that the code does not declare is looked for all the same, with a note on standard error: renamed and
 * removed events are still in the store.
 *
 * @throws CommandError for a name that no event of the domain has.
 */
export function typeFilter(domain: Domain, asked: readonly string[]): (type: string) => boolean {
  for (const one of asked) checkType(domain, one);
  const wanted = new Set(asked);
  return (type) => wanted.has(type) || wanted.has(STORED_TYPE.exec(type)?.groups?.name ?? type);
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
