import type { Domain, ParkedKeyStatus, RetriedKeys } from "@tidemark/core";
import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import { Interruption } from "../io/interruption";
import type { Io } from "../io/io";
import { chooseParked, parkedKeysOf } from "../parked/choose-parked";
import { parkedDocument } from "../parked/parked-document";
import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import { startWorkProgress } from "../printing/work-progress";
import { jsonOption, type Runtime } from "./declaration";

interface ParkedRetryOptions extends DomainOptions {
  readonly all?: boolean;
}

/** Declares `domain parked retry <subscription> [key]`. */
export function declareParkedRetry(parked: Command, { io, end }: Runtime): void {
  parked
    .command("retry")
    .description("try the events of keys that are set aside again, in their order, and bring the keys up to date")
    .argument("<subscription>", "the projection, event handler or process manager")
    .argument("[key]", "the key, as domain parked list prints it")
    .option("--all", "all of its keys")
    .addOption(jsonOption())
    .action(async (subscription: string, key: string | undefined, _options, command: Command) =>
      end(await parkedRetry(io, { subscription, key }, command.optsWithGlobals())),
    );
}

interface Named {
  readonly subscription: string;
  readonly key: string | undefined;
}

async function parkedRetry(io: Io, { subscription, key }: Named, options: ParkedRetryOptions): Promise<number> {
  const { all = false, json = false } = options;
  const call = `domain parked retry ${subscription}`;
  if (key === undefined && !all)
    throw new CommandError(
      `Cannot retry: the call does not say which key; ${call} <key> retries one, ${call} --all all`,
    );
  if (key !== undefined && all)
    throw new CommandError("Cannot retry one key and all of them: leave out the key or --all");

  return await withDomain(io, options, async (domain, results) => {
    if (key === undefined && (await parkedKeysOf(domain, subscription)).length === 0) {
      if (json) await results.document({ retried: 0, failed: [], stopped: false });
      else await results.line(`No keys of ${subscription} are set aside.`);
      return ExitStatus.done;
    }
    if (key !== undefined) await chooseParked(domain, { subscription, key });
    using interruption = new Interruption(io);
    const outcome = await retry(io, domain, { subscription, key }, { json, signal: interruption.signal });
    const { by } = interruption;
    if (outcome === undefined && by !== undefined) {
      if (json) await results.document({ retried: 0, failed: [], stopped: true });
      io.stderr.write(`Stopped by ${by}: what was asked for is done all the same, by the server that has the keys.\n`);
      return ExitStatus.endedBy(by);
    }
    const { retried, failed } = outcome as RetriedKeys;
    if (json) await results.document({ retried, failed: failed.map(parkedDocument), stopped: false });
    else await results.line(summaryOf(retried, failed));
    return failed.length > 0 ? ExitStatus.failed : ExitStatus.done;
  });
}

/** @returns undefined where the signal has ended the wait for the outcome. */
async function retry(
  io: Io,
  domain: Domain,
  { subscription, key }: Named,
  { json, signal }: { readonly json: boolean; readonly signal: AbortSignal },
): Promise<RetriedKeys | undefined> {
  const progress = startWorkProgress(io.stderr, { isWanted: !json && key === undefined });
  try {
    return await domain.retryParked({
      subscription,
      ...(key !== undefined && { key }),
      signal,
      onProgress: ({ done, keys }) => progress.update({ phase: "Retrying", done, total: keys, unit: "keys" }),
    });
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  } finally {
    progress.end();
  }
}

/** Names each key that failed again, with its error, before the counts. */
function summaryOf(retried: number, failed: readonly ParkedKeyStatus[]): string {
  const lines = failed.map(({ key, place, type, position, error }) =>
    printable(`${key}: ${place} failed again on ${type} at global position ${position}: ${error.message}`),
  );
  const again = failed.length === 0 ? "" : `, ${grouped(failed.length)} failed again`;
  const all = grouped(retried + failed.length);
  return [...lines, `Retried ${all} key(s): ${grouped(retried)} up to date${again}.`].join("\n");
}
