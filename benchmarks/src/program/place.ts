export const STORES = ["memory", "sqlite-full", "sqlite-normal", "postgres"] as const;
export type StoreName = (typeof STORES)[number];

/** Tidemark; hand-written code with its columns and indexes; and the leanest code that the driver allows. */
export const CONTENDERS = ["tidemark", "hand-written", "lean"] as const;
export type ContenderName = (typeof CONTENDERS)[number];

/** Where there is nothing leaner than the hand-written code. */
export const WITHOUT_LEAN = ["tidemark", "hand-written"] as const;

/** Who works, and where. */
export interface Place {
  readonly contender: ContenderName;
  readonly store: StoreName;
  /** For files, which outlive the process that measures. */
  readonly folder: string;
  /** Of the PostgreSQL database; empty where there is none. */
  readonly url: string;
  /** Different in every process, so that names made with it are new. */
  readonly round: string;
}
