import type { Attributes } from "@opentelemetry/api";

import { answered } from "../ports/answer";
import { now } from "../ports/real-timers";
import type { SnapshotStore, SnapshotWrite, StoredSnapshot } from "../ports/snapshot-store";
import { ATTRIBUTES, SPANS } from "./names";
import type { SnapshotReport } from "./snapshot-report";
import { isTraced, startSpan, withinToItsEnd } from "./tracing";

/** Puts the writes of one aggregate class's snapshots in spans, and records their sizes and times. */
export function observedSnapshots(
  snapshots: Pick<SnapshotStore, "write">,
  aggregate: string,
  report: SnapshotReport,
): Pick<SnapshotStore, "write"> {
  const write = (writes: readonly SnapshotWrite[]) => {
    const startedAt = now();
    return answered(snapshots.write(writes), () => {
      const ms = now() - startedAt;
      for (const { snapshot } of writes) report.written(Buffer.byteLength(snapshot.state), ms);
    });
  };
  return {
    write: (writes) => {
      const span = startSpan(SPANS.writeSnapshot);
      if (!isTraced(span)) return write(writes);
      if (span.isRecording()) for (const { snapshot } of writes) span.setAttributes(attributesOf(snapshot, aggregate));
      return withinToItsEnd(span, () => write(writes));
    },
  };
}

function attributesOf({ stream, version, state, record }: StoredSnapshot, aggregate: string): Attributes {
  const { metadata } = JSON.parse(record) as { readonly metadata: { readonly reason: string } };
  return {
    [ATTRIBUTES.aggregate]: aggregate,
    [ATTRIBUTES.stream]: stream,
    [ATTRIBUTES.snapshotVersion]: version,
    [ATTRIBUTES.encoding]: typeof state === "string" ? "json" : "gzip",
    [ATTRIBUTES.reason]: metadata.reason,
  };
}
