import type { Place } from "./place";

/** What one process is started for. */
export interface Task {
  readonly step: "fill" | "measure";
  readonly workload: string;
  /** Which of the workload's variants. */
  readonly variant: number;
  readonly place: Place;
}
