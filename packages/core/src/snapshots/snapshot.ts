/** An aggregate's folded state at one version: a cache, which its events can rebuild. */
export interface Snapshot {
  /** `fidelis::account:snapshot-<id>` */
  readonly stream: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  /** 0-based position of the last event folded into it. */
  readonly version: number;
  /** Id of that event, which ties the snapshot to this history. */
  readonly lastEventId: string;
  readonly schemaVersion: number;
  /** Hash of the shape that its state had. */
  readonly fingerprint: string;
  /** How the state is stored; large ones are compressed. */
  readonly encoding: "json" | "gzip";
  /** The aggregate's fields as JSON values. */
  readonly state: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly metadata: SnapshotMetadata;
}

/** Free-form, with who wrote it and why. */
export interface SnapshotMetadata {
  readonly createdBy: string;
  readonly reason: "threshold" | "manual" | "cli" | "migration" | (string & {});
  readonly [key: string]: unknown;
}
