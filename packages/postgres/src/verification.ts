import type { RecordedMessage, StreamRef, VerifiedPage } from "@tidemark/core/adapter";

import type { Connections } from "./connections";
import { checksumFault, EVENT_COLUMNS, MISSING, messageOf } from "./event-rows";
import { slotOf } from "./slot";
import { SNAPSHOT_COLUMNS, snapshotOf } from "./snapshot-rows";
import type { Row, Statement } from "./work";

const PAGE = 1_000;

/** The place of an event. */
type Place = Pick<RecordedMessage, "stream" | "position">;

type Faults = { stream: string; position: number; reason: string }[];

/** Reads every event and snapshot once, in the order of the streams, and compares it with its checksums. */
export class Verification {
  private readonly events: Statement;
  private readonly snapshots: Statement;

  constructor(
    private readonly connections: Connections,
    schema: string,
  ) {
    this.events = {
      name: "verify_events",
      text: `SELECT ${EVENT_COLUMNS}, (SELECT s.position FROM ${schema}.stream_starts s WHERE s.stream = e.stream) AS start
        FROM ${schema}.events e
        WHERE (stream, position) > ($1, $2) ORDER BY stream, e.position LIMIT ${PAGE}`,
    };
    this.snapshots = {
      name: "verify_snapshots",
      text: `SELECT ${SNAPSHOT_COLUMNS}, stream, category, slot FROM ${schema}.snapshots
        WHERE (stream, version, schema_version, fingerprint) > ($1, $2, $3, $4)
        ORDER BY stream, version, schema_version, fingerprint LIMIT ${PAGE}`,
    };
  }

  async *pages(): AsyncGenerator<VerifiedPage, void, undefined> {
    yield* this.eventPages();
    yield* this.snapshotPages();
  }

  private async *eventPages(): AsyncGenerator<VerifiedPage, void, undefined> {
    let last: Place = { stream: "", position: -1 };
    for (;;) {
      const rows = await this.connections.run("Cannot read", this.events, [last.stream, last.position]);
      if (rows.length === 0) return;
      const faults: Faults = [];
      for (const row of rows) {
        const message = messageOf(row);
        const { stream, position } = message;
        const due = dueAfter(last, message, Number(row[12] ?? 0));
        if (position !== due) faults.push({ stream, position: due, reason: MISSING });
        const reason = checksumFault(row, message) ?? slotFault(message, row[11]!);
        if (reason !== undefined) faults.push({ stream, position, reason });
        last = message;
      }
      yield { messages: rows.length, faults };
    }
  }

  private async *snapshotPages(): AsyncGenerator<VerifiedPage, void, undefined> {
    let after: readonly (string | number)[] = ["", -1, -1, ""];
    for (;;) {
      const rows = await this.connections.run("Cannot read", this.snapshots, after);
      if (rows.length === 0) return;
      yield { messages: rows.length, faults: rows.flatMap(snapshotFaults) };
      const [version, schemaVersion, fingerprint] = rows.at(-1)!;
      after = [rows.at(-1)![8]!, version!, schemaVersion!, fingerprint!];
    }
  }
}

/**
 * The position that an event should have: the next one, unless what lies between was forgotten.
 * @param start of the stream, where its first events were forgotten: perhaps since the event before it was read.
 */
function dueAfter(last: Place, { stream, position }: Place, start: number): number {
  const next = stream === last.stream ? last.position + 1 : 0;
  return Math.max(next, Math.min(start, position));
}

function snapshotFaults(row: Row): Faults {
  const [stream, category, slot] = row.slice(8) as readonly string[];
  const ref = { stream: stream!, category: stream!.slice(0, stream!.indexOf("-")) };
  const { version: position, fault } = snapshotOf(ref, row);
  const misplaced =
    category === ref.category ? undefined : `it is filed under the category ${JSON.stringify(category)}`;
  const reason = fault ?? misplaced ?? slotFault(ref, slot!);
  return reason === undefined ? [] : [{ stream: stream!, position, reason }];
}

function slotFault(ref: StreamRef, slot: string): string | undefined {
  return Number(slot) === slotOf(ref) ? undefined : `its slot is ${slot}, not ${slotOf(ref)}`;
}
