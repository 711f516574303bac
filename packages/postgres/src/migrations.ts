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

    CREATE TABLE ${schema}.listeners (
      id text COLLATE "C" PRIMARY KEY,
      seen timestamptz NOT NULL DEFAULT now()
    );
  `,
];
