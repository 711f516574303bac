import type { ProjectionVerification } from "@tidemark/core";
import { type Command, Option } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import type { Results } from "../printing/results";
import { startWorkProgress } from "../printing/work-progress";
import { chooseProjection } from "../projections/choose-projection";
import { differenceLine } from "../projections/difference-line";
import { rowJson } from "../projections/row-values";
import { jsonOption, type Runtime, wholeNumber } from "./declaration";

interface ProjectionVerifyOptions extends DomainOptions {
  readonly sample?: number;
}

/** Declares `domain projection verify <name>`. */
export function declareProjectionVerify(projection: Command, { io, end }: Runtime): void {
  projection
    .command("verify")
    .description("fold the events of a projection again, and print where its rows differ")
    .argument("<name>", "the projection")
    .addOption(new Option("--sample <n>", "only this many rows, picked at random").argParser(wholeNumber(1)))
    .addOption(jsonOption())
    .action(async (name: string, _options, command: Command) =>
      end(await projectionVerify(io, name, command.optsWithGlobals())),
    );
}

async function projectionVerify(io: Io, name: string, options: ProjectionVerifyOptions): Promise<number> {
  const { sample, json = false } = options;
  return await withDomain(io, options, async (domain, results) => {
    const projection = chooseProjection(domain, name);
    using interruption = new Interruption(io);
    const { signal } = interruption;
    const progress = startWorkProgress(io.stderr, { isWanted: !json });
    let verification: ProjectionVerification;
    try {
      verification = await domain.verifyProjection(projection, {
        ...(sample !== undefined && { sample }),
        signal,
        onProgress: ({ events, checked, rows }) =>
          progress.update({
            phase: "Verifying",
            done: checked,
            total: rows,
            unit: "rows",
            aside: `${grouped(events)} events read`,
          }),
      });
    } catch (error) {
      const { by } = interruption;
      if (by === undefined || error !== signal.reason) throw error;
      progress.end();
      io.stderr.write(`Stopped by ${by}: ${name} was not verified.\n`);
      return ExitStatus.endedBy(by);
    } finally {
      progress.end();
    }
    if (json) await results.line(rowJson({ projection: name, ...verification }, 2));
    else {
      await printVerification(results, name, verification);
      for (const line of notesOn(verification)) io.stderr.write(`${line}\n`);
    }
    return verification.differing > 0 ? ExitStatus.failed : ExitStatus.done;
  });
}

/** Prints each path that differs under the key of its row, and how many rows there were. */
async function printVerification(
  results: Results,
  name: string,
  { checked, differing, differences }: ProjectionVerification,
): Promise<void> {
  let last: string | undefined;
  for (const { key, path, stored, expected } of differences) {
    const head = key === last ? "" : `${name}(${printable(key)})\n`;
    last = key;
    await results.line(`${head}  ${differenceLine({ path, stored, folded: expected }, "expected")}`);
    if (results.isClosed) return;
  }
  const found = differing === 0 ? "no differences" : `${grouped(differing)} differ`;
  await results.line(`Verified ${grouped(checked)} row(s) of ${name}: ${found}.`);
}

/** Returns the lines for standard error: what the result does not show. */
function notesOn({ differing, differences, parked }: ProjectionVerification): string[] {
  const listed = new Set(differences.map(({ key }) => key)).size;
  const lines = listed < differing ? [`Only the first ${grouped(listed)} of these rows are printed.`] : [];
  if (parked.length > 0)
    lines.push(
      `${grouped(parked.length)} key(s) are set aside: their rows were compared as they are before the event that failed.`,
    );
  return lines;
}
