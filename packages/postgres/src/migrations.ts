import { migration4 } from "./migration-4";

/** The SQLSTATE of an operation that a function of the schema refuses. The exception's detail says why, as JSON. */
export const REFUSED = "TM001";

/**
 * The statements that bring the schema from each version to the next, in order: the first entry makes version 1.
 * An entry that was released never changes; add another.
 *
 * JSON is stored as text, since jsonb reorders keys and refuses some strings. Names compare by their bytes (`COLLATE "C"`).
 * Every unique key of events, snapshots and states holds the stream, so that streams can be spread over servers by their slot.
 * Numbers are drawn one by one (CACHE 1): what a session had cached would become visible long after later numbers.
 *
 * The functions that check before they write are in plpgsql, where each statement sees what was committed before it started:
 * after waiting for another transaction they find what that one has left. They lock rows in the order of the keys, in which
 * all transactions wait for each other.
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
  (schema) => `
    CREATE TABLE ${schema}.checkpoints (
      position bigint NOT NULL,
      generation bigint NOT NULL DEFAULT 0,
      bucket integer NOT NULL,
      subscription text COLLATE "C" NOT NULL,
      PRIMARY KEY (subscription, bucket)
    ) WITH (fillfactor = 50);

    CREATE TABLE ${schema}.timers (
      due_at bigint NOT NULL,
      owner text COLLATE "C" NOT NULL,
      name text COLLATE "C" NOT NULL,
      data text COLLATE "C" NOT NULL,
      PRIMARY KEY (owner, name)
    );
    CREATE INDEX timers_by_time ON ${schema}.timers (due_at, owner, name);

    CREATE TABLE ${schema}.command_queue (
      due_at bigint NOT NULL,
      priority double precision NOT NULL,
      id text COLLATE "C" PRIMARY KEY,
      lane text COLLATE "C" NOT NULL,
      data text COLLATE "C" NOT NULL
    );
    CREATE INDEX command_queue_in_order ON ${schema}.command_queue (lane, priority DESC, due_at, id);

    CREATE TABLE ${schema}.states (
      version bigint NOT NULL,
      slot smallint NOT NULL,
      stream text COLLATE "C" PRIMARY KEY,
      category text COLLATE "C" NOT NULL,
      data text COLLATE "C" NOT NULL
    );

    CREATE FUNCTION ${schema}.refuse(reason json) RETURNS boolean LANGUAGE plpgsql AS $body$
    BEGIN
      RAISE EXCEPTION 'refused' USING ERRCODE = '${REFUSED}', DETAIL = reason::text;
    END
    $body$;

    CREATE FUNCTION ${schema}.move_checkpoints(
      subscriptions text[], buckets integer[], froms bigint[], tos bigint[], generations bigint[]
    ) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      move record;
      stored record;
    BEGIN
      FOR move IN
        SELECT * FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY
          AS m (subscription, bucket, old_position, new_position, generation, number)
        ORDER BY m.subscription COLLATE "C", m.bucket
      LOOP
        UPDATE ${schema}.checkpoints c SET position = move.new_position
        WHERE c.subscription = move.subscription AND c.bucket = move.bucket AND c.position = move.old_position
          AND c.generation = move.generation;
        IF NOT FOUND THEN
          SELECT c.position, c.generation INTO stored FROM ${schema}.checkpoints c
          WHERE c.subscription = move.subscription AND c.bucket = move.bucket;
          PERFORM ${schema}.refuse(json_build_object('kind', 'moveCheckpoint', 'number', move.number,
            'position', stored.position, 'generation', stored.generation));
        END IF;
      END LOOP;
    END
    $body$;

    -- A time that is NULL is not checked.
    CREATE FUNCTION ${schema}.remove_timers(owners text[], names text[], times bigint[])
    RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      removal record;
    BEGIN
      FOR removal IN
        SELECT * FROM unnest($1, $2, $3) WITH ORDINALITY AS r (owner, name, due_at, number)
        ORDER BY r.owner COLLATE "C", r.name COLLATE "C"
      LOOP
        DELETE FROM ${schema}.timers t
        WHERE t.owner = removal.owner AND t.name = removal.name AND t.due_at = coalesce(removal.due_at, t.due_at);
        IF NOT FOUND AND removal.due_at IS NOT NULL THEN
          PERFORM ${schema}.refuse(json_build_object('kind', 'removeTimer', 'number', removal.number, 'dueAt', (
            SELECT t.due_at FROM ${schema}.timers t WHERE t.owner = removal.owner AND t.name = removal.name
          )));
        END IF;
      END LOOP;
    END
    $body$;

    CREATE FUNCTION ${schema}.dequeue(ids text[]) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      taken record;
    BEGIN
      FOR taken IN
        SELECT * FROM unnest($1) WITH ORDINALITY AS t (id, number) ORDER BY t.id COLLATE "C"
      LOOP
        DELETE FROM ${schema}.command_queue q WHERE q.id = taken.id;
        IF NOT FOUND THEN
          PERFORM ${schema}.refuse(json_build_object('kind', 'dequeue', 'number', taken.number));
        END IF;
      END LOOP;
    END
    $body$;

    -- A state without version is deleted. -1 stands for none.
    CREATE FUNCTION ${schema}.write_states(
      streams text[], categories text[], slots smallint[], versions bigint[], datas text[], expected_versions bigint[]
    ) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      change record;
      is_done boolean;
    BEGIN
      FOR change IN
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6) WITH ORDINALITY
          AS c (stream, category, slot, version, data, expected, number)
        ORDER BY c.stream COLLATE "C"
      LOOP
        IF change.expected >= 0 AND change.version IS NOT NULL THEN
          UPDATE ${schema}.states s SET version = change.version, data = change.data
          WHERE s.stream = change.stream AND s.version = change.expected;
          is_done := FOUND;
        ELSIF change.expected >= 0 THEN
          DELETE FROM ${schema}.states s WHERE s.stream = change.stream AND s.version = change.expected;
          is_done := FOUND;
        ELSIF change.version IS NOT NULL THEN
          INSERT INTO ${schema}.states (stream, category, slot, version, data)
          VALUES (change.stream, change.category, change.slot, change.version, change.data)
          ON CONFLICT (stream) DO NOTHING;
          is_done := FOUND;
        ELSE
          is_done := NOT EXISTS (SELECT FROM ${schema}.states s WHERE s.stream = change.stream);
        END IF;
        IF NOT is_done THEN
          PERFORM ${schema}.refuse(json_build_object('kind', 'state', 'number', change.number, 'version', (
            SELECT s.version FROM ${schema}.states s WHERE s.stream = change.stream
          )));
        END IF;
      END LOOP;
    END
    $body$;

    -- Locks streams as write_snapshot does, in the order of the locks. A version that is NULL is not checked; -1 stands for none.
    CREATE FUNCTION ${schema}.lock_snapshots(streams text[], expected_versions integer[])
    RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      written record;
      stored integer;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtext('tidemark snapshots'), locks.key)
      FROM (SELECT DISTINCT hashtext(s.stream) AS key FROM unnest($1) AS s (stream) ORDER BY key OFFSET 0) AS locks;
      FOR written IN
        SELECT * FROM unnest($1, $2) WITH ORDINALITY AS w (stream, expected, number)
        WHERE w.expected IS NOT NULL ORDER BY w.number
      LOOP
        SELECT coalesce(max(s.version), -1) INTO stored FROM ${schema}.snapshots s WHERE s.stream = written.stream;
        IF stored <> written.expected THEN
          PERFORM ${schema}.refuse(json_build_object('kind', 'snapshot', 'number', written.number, 'version', stored));
        END IF;
      END LOOP;
    END
    $body$;
  `,
  (schema) => `
    -- A server is alive until a time. One that was not kept alive and comes back begins another lease, at another time: what it had
    -- under the former one is free.
    CREATE TABLE ${schema}.server_leases (
      since timestamptz NOT NULL,
      until timestamptz NOT NULL,
      server text COLLATE "C" PRIMARY KEY,
      subscriptions text[] COLLATE "C" NOT NULL
    ) WITH (fillfactor = 50);

    -- The lease under which a bucket is had: of which server, and when it began.
    ALTER TABLE ${schema}.checkpoints ADD COLUMN owner text COLLATE "C", ADD COLUMN owned_since timestamptz;

    CREATE TABLE ${schema}.parked_keys (
      position bigint NOT NULL,
      due_at bigint,
      revision bigint NOT NULL,
      attempts integer NOT NULL,
      subscription text COLLATE "C" NOT NULL,
      key text COLLATE "C" NOT NULL,
      state text COLLATE "C" NOT NULL,
      data text COLLATE "C" NOT NULL,
      payload bytea,
      PRIMARY KEY (subscription, key, position)
    );
    CREATE INDEX parked_keys_by_state ON ${schema}.parked_keys (state, subscription, key, position);

    CREATE TABLE ${schema}.received_messages (
      received_at bigint NOT NULL,
      inbox text COLLATE "C" NOT NULL,
      id text COLLATE "C" NOT NULL,
      PRIMARY KEY (inbox, id)
    );
    CREATE INDEX received_messages_by_time ON ${schema}.received_messages (inbox, received_at);

    -- All buckets of a line move in one statement, which locks them in the order of the keys. One bucket needs no order.
    CREATE OR REPLACE FUNCTION ${schema}.move_checkpoints(
      subscriptions text[], buckets integer[], froms bigint[], tos bigint[], generations bigint[]
    ) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      refused record;
      stored record;
    BEGIN
      IF cardinality($1) = 1 THEN
        UPDATE ${schema}.checkpoints c SET position = $4[1]
        WHERE c.subscription = $1[1] AND c.bucket = $2[1] AND c.position = $3[1] AND c.generation = $5[1];
        IF FOUND THEN RETURN; END IF;
      END IF;
      WITH moves AS MATERIALIZED (
        SELECT * FROM unnest($1, $2, $3, $4, $5) WITH ORDINALITY
          AS m (subscription, bucket, old_position, new_position, generation, number)
        ORDER BY m.subscription COLLATE "C", m.bucket
      ), moved AS (
        UPDATE ${schema}.checkpoints c SET position = locked.new_position
        FROM (
          SELECT m.subscription, m.bucket, m.new_position, m.number FROM moves m CROSS JOIN LATERAL (
            SELECT FROM ${schema}.checkpoints c
            WHERE c.subscription = m.subscription AND c.bucket = m.bucket AND c.position = m.old_position
              AND c.generation = m.generation
            FOR UPDATE
          ) AS c
          OFFSET 0
        ) AS locked
        WHERE c.subscription = locked.subscription AND c.bucket = locked.bucket
        RETURNING locked.number
      )
      SELECT m.* INTO refused FROM moves m WHERE m.number NOT IN (SELECT moved.number FROM moved)
      ORDER BY m.subscription COLLATE "C", m.bucket LIMIT 1;
      IF FOUND THEN
        SELECT c.position, c.generation INTO stored FROM ${schema}.checkpoints c
        WHERE c.subscription = refused.subscription AND c.bucket = refused.bucket;
        PERFORM ${schema}.refuse(json_build_object('kind', 'moveCheckpoint', 'number', refused.number,
          'position', stored.position, 'generation', stored.generation));
      END IF;
    END
    $body$;

    -- Each replacement has the checkpoints that are expected, [bucket, position, generation] by bucket, and the new ones, [bucket, position].
    CREATE FUNCTION ${schema}.replace_checkpoints(replacements json) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      replacement record;
      stored json;
      newest bigint;
      laid bigint;
    BEGIN
      FOR replacement IN
        SELECT r.value->>'subscription' AS subscription, r.value->'expected' AS expected, r.value->'checkpoints' AS checkpoints,
          r.number
        FROM json_array_elements($1) WITH ORDINALITY AS r (value, number) ORDER BY r.value->>'subscription' COLLATE "C"
      LOOP
        PERFORM FROM ${schema}.checkpoints c WHERE c.subscription = replacement.subscription ORDER BY c.bucket FOR UPDATE;
        WITH gone AS (
          DELETE FROM ${schema}.checkpoints c WHERE c.subscription = replacement.subscription
          RETURNING c.bucket, c.position, c.generation
        )
        SELECT coalesce(json_agg(json_build_array(g.bucket, g.position, g.generation) ORDER BY g.bucket), '[]'),
          coalesce(max(g.generation) + 1, 0)
        INTO stored, newest FROM gone g;
        IF stored::jsonb = replacement.expected::jsonb THEN
          INSERT INTO ${schema}.checkpoints (subscription, bucket, position, generation)
          SELECT replacement.subscription, (c.value->>0)::integer, (c.value->>1)::bigint, newest
          FROM json_array_elements(replacement.checkpoints) AS c (value) ORDER BY (c.value->>0)::integer
          ON CONFLICT (subscription, bucket) DO NOTHING;
          GET DIAGNOSTICS laid = ROW_COUNT;
          CONTINUE WHEN laid = json_array_length(replacement.checkpoints);
          -- Others have laid some meanwhile.
          SELECT json_agg(json_build_array(c.bucket, c.position, c.generation) ORDER BY c.bucket) INTO stored
          FROM ${schema}.checkpoints c WHERE c.subscription = replacement.subscription;
        END IF;
        PERFORM ${schema}.refuse(json_build_object('kind', 'replaceCheckpoints', 'number', replacement.number,
          'stored', stored::text));
      END LOOP;
    END
    $body$;

    -- A key without state is removed. The revision NULL stands for none.
    CREATE FUNCTION ${schema}.write_parked(
      subscriptions text[], keys text[], positions bigint[], states text[], attempts integer[], due_times bigint[], datas text[],
      payloads bytea[], expected_revisions bigint[]
    ) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      change record;
      is_done boolean;
    BEGIN
      FOR change IN
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9) WITH ORDINALITY
          AS c (subscription, key, position, state, attempts, due_at, data, payload, expected, number)
        ORDER BY c.subscription COLLATE "C", c.key COLLATE "C", c.position
      LOOP
        IF change.state IS NULL THEN
          DELETE FROM ${schema}.parked_keys p
          WHERE p.subscription = change.subscription AND p.key = change.key AND p.position = change.position
            AND p.revision = change.expected;
        ELSIF change.expected IS NULL THEN
          INSERT INTO ${schema}.parked_keys (subscription, key, position, state, attempts, due_at, revision, data, payload)
          VALUES (change.subscription, change.key, change.position, change.state, change.attempts, change.due_at, 0, change.data,
            change.payload)
          ON CONFLICT (subscription, key, position) DO NOTHING;
        ELSE
          UPDATE ${schema}.parked_keys p SET state = change.state, attempts = change.attempts, due_at = change.due_at,
            revision = change.expected + 1, data = change.data, payload = change.payload
          WHERE p.subscription = change.subscription AND p.key = change.key AND p.position = change.position
            AND p.revision = change.expected;
        END IF;
        is_done := FOUND;
        IF NOT is_done THEN
          PERFORM ${schema}.refuse(json_build_object('kind', 'parked', 'number', change.number, 'revision', (
            SELECT p.revision FROM ${schema}.parked_keys p
            WHERE p.subscription = change.subscription AND p.key = change.key AND p.position = change.position
          )));
        END IF;
      END LOOP;
    END
    $body$;

    CREATE FUNCTION ${schema}.receive_messages(inboxes text[], ids text[], times bigint[]) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      refused bigint;
    BEGIN
      WITH messages AS MATERIALIZED (
        SELECT * FROM unnest($1, $2, $3) WITH ORDINALITY AS m (inbox, id, received_at, number)
      ), received AS (
        INSERT INTO ${schema}.received_messages AS r (inbox, id, received_at)
        SELECT m.inbox, m.id, m.received_at FROM messages m ORDER BY m.inbox COLLATE "C", m.id COLLATE "C"
        ON CONFLICT (inbox, id) DO NOTHING
        RETURNING r.inbox, r.id
      )
      SELECT min(m.number) INTO refused FROM messages m WHERE (m.inbox, m.id) NOT IN (SELECT r.inbox, r.id FROM received r);
      IF refused IS NOT NULL THEN
        PERFORM ${schema}.refuse(json_build_object('kind', 'receiveMessage', 'number', refused));
      END IF;
    END
    $body$;
  `,
  migration4,
];
