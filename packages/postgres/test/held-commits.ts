import type { Client } from "pg";

import type { FreshDatabase } from "./server/fresh-database";

const KEY = 4711;

/**
 * Makes the appends to some streams wait before they commit, or fail there, without a change to the code under test:
 * a deferred trigger waits for a lock that the test holds.
 */
export class HeldCommits {
  private constructor(private readonly holder: Client) {}

  /** Commits to streams `held-…` wait until `release`; commits to streams `failing-…` roll back. */
  static async begin(database: FreshDatabase): Promise<HeldCommits> {
    await database.query(`
      CREATE FUNCTION hold_commit() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.stream LIKE 'failing-%' THEN RAISE EXCEPTION 'rolled back'; END IF;
        PERFORM pg_advisory_xact_lock_shared(${KEY});
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER hold_commit AFTER INSERT ON tidemark.events DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.stream LIKE 'held-%' OR NEW.stream LIKE 'failing-%') EXECUTE FUNCTION hold_commit();
    `);
    const holder = await database.connect();
    await holder.query(`SELECT pg_advisory_lock(${KEY})`);
    return new HeldCommits(holder);
  }

  /** Resolves with the process ids of the `count` appends that wait. */
  async waiting(count: number): Promise<number[]> {
    for (;;) {
      const { rows } = await this.holder.query(
        `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = ${KEY} AND NOT granted
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      if (rows.length === count) return rows.map(({ pid }) => pid);
    }
  }

  async release(): Promise<void> {
    await this.holder.query(`SELECT pg_advisory_unlock_all()`);
  }

  async end(): Promise<void> {
    await this.release();
    await this.holder.query("DROP TRIGGER hold_commit ON tidemark.events; DROP FUNCTION hold_commit");
    await this.holder.end();
  }
}
