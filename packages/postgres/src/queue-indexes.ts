/*
 * The conditions of indexes of the queue, each with a part that always holds and that no query for another one has. Plans are made while
 * the table is empty, when one index seems as good as another: so the planner has no choice between them.
 *
 * They are part of a version of the schema that was released: they never change.
 */

/** Entries that can be claimed once they are due: by lane, priority, due time and id. */
export const BY_PRIORITY = "standing = 'free' AND attempts >= 0";
/** Entries that can be claimed once they are due: by lane, due time and id. */
export const BY_TIME = "standing = 'free' AND claims >= 0";
/** All entries: by state and id. */
export const BY_STATE = "revision >= 0";
