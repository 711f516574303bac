import { type Domain, ObjectNotFoundError, type Snapshot, type SnapshotEntry } from "@tidemark/core";

import { chooseAggregate } from "../choose-aggregate";
import { CommandError } from "../command-error";
import { ExitStatus } from "../exit-status";
import { fieldLines } from "../field-lines";
import { printable } from "../printable";
import { duration, grouped, size } from "../quantities";
import { entryDocument, usability } from "../snapshot-entry";
import { type DomainOptions, withDomain } from "../with-domain";

export interface SnapshotShowOptions extends DomainOptions {
  readonly aggregate: string;
  readonly identifier: string;
  readonly json?: boolean;
}

/** `domain snapshot show` */
export async function snapshotShow({
  aggregate: name,
  identifier: id,
  ...options
}: SnapshotShowOptions): Promise<number> {
  return await withDomain(options, async (domain, results) => {
    const aggregate = chooseAggregate(domain, name);
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
      process.stderr.write(`A newer one, at version ${newest.version}, cannot be read: ${newest.explanation}.\n`);
    }
    return ExitStatus.done;
  });
}

function isOf(entry: SnapshotEntry, { version, schemaVersion, fingerprint }: Snapshot): boolean {
  return entry.version === version && entry.schemaVersion === schemaVersion && entry.fingerprint === fingerprint;
}

/** Why there is nothing to show. */
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
  const stream = domain.streamFor(chooseAggregate(domain, name), id);
  if ((await domain.eventStore.readLast(stream)) === undefined) return new ObjectNotFoundError({ aggregate: name, id });
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
