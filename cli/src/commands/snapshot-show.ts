import type { Domain, Snapshot, SnapshotEntry } from "@tidemark/core";
import type { Command } from "commander";

import { core } from "../domain/core";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { fieldLines } from "../printing/field-lines";
import { printable } from "../printing/printable";
import { duration, grouped, size } from "../printing/quantities";
import { chooseSnapshotAggregate } from "../snapshots/snapshot-aggregates";
import { entryDocument, usability } from "../snapshots/snapshot-entry";
import { jsonOption, type Runtime } from "./declaration";

interface SnapshotShowOptions extends DomainOptions {
  readonly aggregate: string;
  readonly identifier: string;
}

/** Declares `domain snapshot show`. */
export function declareSnapshotShow(snapshot: Command, { io, end }: Runtime): void {
  snapshot
    .command("show")
    .description("print the latest readable snapshot of one aggregate, with its state")
    .requiredOption("--aggregate <name>", "the aggregate's class")
    .requiredOption("--identifier <id>", "the aggregate's id")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await snapshotShow(io, command.optsWithGlobals())));
}

async function snapshotShow(io: Io, options: SnapshotShowOptions): Promise<number> {
  const { aggregate: name, identifier: id } = options;
  return await withDomain(io, options, async (domain, results) => {
    const aggregate = chooseSnapshotAggregate(domain, name);
    const entries: SnapshotEntry[] = [];
    for await (const entry of domain.snapshotsFor(aggregate).entries(id)) entries.push(entry);
    const snapshot = await domain.snapshotsFor(aggregate).get(id);
    const entry = entries.find((one) => snapshot !== undefined && isOf(one, snapshot));
    if (snapshot === undefined || entry === undefined) throw await absence(domain, name, id, entries[0]);
    if (options.json) {
      const { stream, lastEventId, metadata, state } = snapshot;
      await results.document({ ...entryDocument(name, entry), stream, lastEventId, metadata, state });
      return ExitStatus.done;
    }
    const state = JSON.stringify(snapshot.state, null, 2).split("\n");
    await results.line([...fieldLines(fieldsOf(snapshot, entry)), "state", ...state.map(printable)].join("\n"));
    const [newest] = entries;
    if (newest !== undefined && newest !== entry && newest.version > entry.version) {
      io.stderr.write(`A newer snapshot, at version ${newest.version}, cannot be read: ${newest.explanation}.\n`);
    }
    return ExitStatus.done;
  });
}

function isOf(entry: SnapshotEntry, { version, schemaVersion, fingerprint }: Snapshot): boolean {
  return entry.version === version && entry.schemaVersion === schemaVersion && entry.fingerprint === fingerprint;
}

/** Returns the error that says why there is no snapshot to show. */
async function absence(
  domain: Domain,
  name: string,
  id: string,
  unreadable: SnapshotEntry | undefined,
): Promise<Error> {
  if (unreadable !== undefined) {
    const { version, explanation } = unreadable;
    const message = `Cannot read the snapshot of ${name} ${JSON.stringify(id)} at version ${version}: ${explanation}`;
    return new CommandError(message, { status: ExitStatus.failed });
  }
  const stream = domain.streamFor(chooseSnapshotAggregate(domain, name), id);
  if ((await domain.eventStore.readLast(stream)) === undefined) {
    return new core.errors.ObjectNotFoundError({ aggregate: name, id });
  }
  const message = `${name} ${JSON.stringify(id)} has no snapshot; "domain snapshot create" writes one`;
  return new CommandError(message, { status: ExitStatus.failed });
}

function fieldsOf(snapshot: Snapshot, entry: SnapshotEntry): [string, string][] {
  const { createdAt, encoding, metadata } = snapshot;
  return [
    ["stream", snapshot.stream],
    ["version", String(snapshot.version)],
    ["events since", grouped(entry.eventsSince)],
    ["created", `${createdAt.toISOString()}, ${duration(Date.now() - createdAt.getTime())} ago`],
    ["size", `${size(entry.bytes)}, ${encoding}`],
    ["schema", `${snapshot.schemaVersion}, fingerprint ${snapshot.fingerprint}`],
    ["last event", snapshot.lastEventId],
    ["usable", usability(entry)],
    ["metadata", JSON.stringify(metadata)],
  ];
}
