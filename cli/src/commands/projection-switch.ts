import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { chooseVersion } from "../projections/choose-version";
import { jsonOption, type Runtime, wholeNumber } from "./declaration";

/** Declares `domain projection switch <name> <version>`. */
export function declareProjectionSwitch(projection: Command, { io, end }: Runtime): void {
  projection
    .command("switch")
    .description("let the SQL view of a projection show another of its versions")
    .argument("<name>", "the projection")
    .argument("<version>", "the version whose rows other tools are to see", wholeNumber(1))
    .addOption(jsonOption())
    .action(async (name: string, version: number, _options, command: Command) =>
      end(await projectionSwitch(io, { name, version }, command.optsWithGlobals())),
    );
}

interface NamedVersion {
  readonly name: string;
  readonly version: number;
}

async function projectionSwitch(io: Io, { name, version }: NamedVersion, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    await chooseVersion(domain, name, version);
    await domain.switchProjection(name, version);
    if (options.json) await results.document({ projection: name, version, isShown: true });
    else await results.line(`The view of ${name} shows version ${version}.`);
    return ExitStatus.done;
  });
}
