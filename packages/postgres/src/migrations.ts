/**
 * What brings the schema from each version to the next, in order: the first entry makes version 1.
 * An entry that was released never changes; add another.
 *
 * Texts, not jsonb, which reorders keys and refuses some strings. Names compare by their bytes (`COLLATE "C"`).
 * Every unique key holds the stream, so that streams can be spread over servers by their slot. Numbers are drawn one
 * by one (CACHE 1): what a session had cached would become visible long after later numbers.
 */
export const MIGRATIONS: readonly ((schema: string) => string)[] = [
  (schema) => `
    CREATE SEQUENCE ${schema}.global_positions AS bigint CACHE 1;

    CREATE TABLE ${schema}.events (
      global_position bigint NOT NULL DEFAULT nextval('${schema}.global_positions'),
      time bigint NOT NULL,
      position integer NOT NULL,
      content_checksum integer NOT NULL,
      envelope_checksum integer NOT NULL,
      slot smallint NOT NULL,
      stream text COLLATE "C" NOT NULL,
      category text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      type text COLLATE "C" NOT NULL,
      data text COLLATE "C" NOT NULL,
      metadata text COLLATE "C" NOT NULL,
      PRIMARY KEY (stream, position)
    );
    ALTER SEQUENCE ${schema}.global_positions OWNED BY ${schema}.events.global_position;
    CREATE INDEX events_in_global_order ON ${schema}.events (global_position);
    CREATE INDEX events_of_category ON ${schema}.events (category, global_position);
    CREATE INDEX events_by_id ON ${schema}.events (id);
    CREATE INDEX streams ON ${schema}.events (stream) WHERE position = 0;

    CREATE TABLE ${schema}.snapshots (
      time bigint NOT NULL,
      version integer NOT NULL,
      schema_version integer NOT NULL,
      checksum integer NOT NULL,
      slot smallint NOT NULL,
      stream text COLLATE "C" NOT NULL,
      category text COLLATE "C" NOT NULL,
      fingerprint text COLLATE "C" NOT NULL,
      record text COLLATE "C" NOT NULL,
      state_text text COLLATE "C",
      state_bytes bytea,
      PRIMARY KEY (stream, version, schema_version, fingerprint),
      CHECK ((state_text IS NULL) <> (state_bytes IS NULL))
    );
    CREATE INDEX snapshots_of_category ON ${schema}.snapshots (category, schema_version);

    -- A function, since each statement of one sees what was committed before it, and so before the lock was granted:
    -- writers of one stream take turns, and none overlooks what another has left.
    CREATE FUNCTION ${schema}.write_snapshot(
      stream text, category text, slot smallint, version integer, schema_version integer, fingerprint text, "time" bigint,
      record text, state_text text, state_bytes bytea, checksum integer, keep bigint,
      discarded_versions integer[], discarded_schema_versions integer[], discarded_fingerprints text[]
    ) RETURNS void LANGUAGE plpgsql AS $body$
    #variable_conflict use_column
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtext('tidemark snapshots'), hashtext($1));
      DELETE FROM ${schema}.snapshots s USING unnest($13, $14, $15) AS discarded (version, schema_version, fingerprint)
      WHERE s.stream = $1 AND s.version = discarded.version AND s.schema_version = discarded.schema_version
        AND s.fingerprint = discarded.fingerprint;
      INSERT INTO ${schema}.snapshots (stream, category, slot, version, schema_version, fingerprint, time, record,
        state_text, state_bytes, checksum)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
      ON CONFLICT (stream, version, schema_version, fingerprint) DO UPDATE SET time = excluded.time,
        record = excluded.record, state_text = excluded.state_text, state_bytes = excluded.state_bytes,
        checksum = excluded.checksum;
      DELETE FROM ${schema}.snapshots
      WHERE stream = $1 AND schema_version = $5 AND fingerprint = $6 AND version < (
        SELECT min(kept.version) FROM (
          SELECT version FROM ${schema}.snapshots
          WHERE stream = $1 AND schema_version = $5 AND fingerprint = $6 ORDER BY version DESC LIMIT $12
        ) AS kept
      );
    END
    $body$;

    CREATE TABLE ${schema}.listeners (
      id text COLLATE "C" PRIMARY KEY,
      seen timestamptz NOT NULL DEFAULT now()
    );
  `,
];
