/** What the sessions of a store ask for as they connect. */
export const ASKED_FOR = [
  "plan_cache_mode",
  "enable_seqscan",
  "enable_bitmapscan",
  "max_parallel_workers_per_gather",
  "jit",
  "statement_timeout",
] as const;

/** Time-outs that end what a store does before its own time-outs would. */
export const TIMEOUTS = ["lock_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"] as const;

/** The settings that are looked at. */
export const SETTING_NAMES: readonly string[] = [
  ...["synchronous_commit", "fsync", "full_page_writes", "synchronous_standby_names", "data_checksums", "wal_level"],
  ...["autovacuum", "track_counts", "default_transaction_isolation", "default_transaction_read_only"],
  ...["max_connections", "superuser_reserved_connections", "reserved_connections"],
  ...ASKED_FOR,
  ...TIMEOUTS,
];
