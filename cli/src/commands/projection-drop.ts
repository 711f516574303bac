import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { type ConfirmationOptions, isConfirmed } from "../io/ask";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";
import { chooseVersion } from "../projections/choose-version";
import { jsonOption, type Runtime, wholeNumber, yesOption } from "./declaration";

interface ProjectionDropOptions extends DomainOptions, ConfirmationOptions {
  readonly version: number;
}

/** Declares `domain projection drop <name>`. */
export function declareProjectionDrop(projection: Command, { io, end }: Runtime): void {
  projection
    .command("drop")
    .description("drop the rows of a version that nobody uses any more")
    .argument("<name>", "the projection")
    .requiredOption("--version <n>", "the version to drop", wholeNumber(1))
    .addOption(yesOption())
    .addOption(jsonOption())
    .action(async (name: string, _options, command: Command) =>
      end(await projectionDrop(io, name, command.optsWithGlobals())),
    );
}

async function projectionDrop(io: Io, name: string, options: ProjectionDropOptions): Promise<number> {
  const { version, json = false } = options;
  return await withDomain(io, options, async (domain, results) => {
    const { rows, table } = await chooseVersion(domain, name, version);
    const size = rows === undefined ? "" : ` with ${grouped(rows)} row(s)`;
    const question = `Drop version ${version} of ${name}, table ${table}${size}?`;
    if (!(await isConfirmed(io, question, options))) return ExitStatus.failed;
    await domain.dropProjection(name, { version });
    if (json) await results.document({ projection: name, version, table, rows: rows ?? null });
    else await results.line(`Dropped version ${version} of ${name}: table ${table}.`);
    return ExitStatus.done;
  });
}
