import type { Count } from "../count/count";

/** What a process of the bank tells the program that has started it. */
export type Report =
  | { readonly kind: "ready" }
  | WritersReport
  | WatcherReport
  | { readonly kind: "settled"; readonly isSettled: boolean }
  | { readonly kind: "counted"; readonly count: Count }
  | { readonly kind: "warning"; readonly message: string }
  | { readonly kind: "failed"; readonly message: string };

/** What the writers have done since their last report. */
interface WritersReport {
  readonly kind: "written";
  /** A reference for each command that `process` has resolved. */
  readonly acknowledged: readonly string[];
  /** An error for each command that `process` has rejected. */
  readonly refused: readonly string[];
  /** For how long a writer has waited for its last acknowledgement: the longest of all so far, in milliseconds. */
  readonly longestStallMs: number;
}

/** How far those are that follow the events. */
interface WatcherReport {
  readonly kind: "watched";
  /** Events that the follower has seen. */
  readonly seen: number;
  /** Events that the projection still has to do, where the store has said so. */
  readonly behind: number | undefined;
  readonly transfersUnderWay: number;
  readonly transfersEnded: number;
}

/** What the program asks of its processes. */
export type Order =
  | { readonly kind: "write" }
  | { readonly kind: "end" }
  /** To the watcher: wait until servers have done everything. */
  | { readonly kind: "settle"; readonly withinMs: number }
  | { readonly kind: "count"; readonly acknowledged: readonly string[] };
