/** A machine of the cluster, as the picture shows it. */
export interface Machine {
  readonly name: string;
  /** `killed` where its processes were killed, `unknown` where nobody says what it is. */
  readonly role: "leader" | "sync_standby" | "replica" | "killed" | "unknown";
  readonly timeline?: number | undefined;
  readonly lagBytes?: number | undefined;
}

/** Something that was done to the cluster, or that the cluster has done. */
export interface Happening {
  readonly atMs: number;
  readonly text: string;
  readonly isLoss: boolean;
}

/** All that the picture shows at one moment. */
export interface Scene {
  readonly elapsedMs: number;
  readonly machines: readonly Machine[];
  /** Commands that were acknowledged in each second so far, the present one last. */
  readonly perSecond: readonly number[];
  readonly acknowledged: number;
  readonly longestStallMs: number;
  /** Events that the projection has still to do; undefined where nobody knows it at the moment. */
  readonly behind: number | undefined;
  readonly transfersUnderWay: number;
  readonly transfersEnded: number;
  readonly happenings: readonly Happening[];
}
