/**
 * The largest position of an event in its stream, version of a snapshot and schema version. Every store takes the same ones; the
 * columns of PostgreSQL are integers of 32 bits.
 */
export const LARGEST_VERSION = 2_147_483_647;
