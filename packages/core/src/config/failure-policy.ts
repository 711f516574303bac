/** What becomes of an event that has failed for good: its key is set aside, the subscription stops before it, or it is passed over. */
export type FailurePolicy = (typeof FAILURE_POLICIES)[number];

export const FAILURE_POLICIES = ["park", "halt", "skip"] as const;
