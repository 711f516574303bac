import { forgetting } from "./forgetting-schema";
import { BY_PRIORITY, BY_STATE, BY_TIME } from "./queue-indexes";

/** How many priorities a claim tries one by one, before it goes on through all entries of lower ones. */
const MOST_LEVELS = 64;

/**
 * Brings the schema to version 4: a queue with claims, timers that are spread over readers, states that are listed, events that are
 * forgotten.
 *
 * Entries of the queue that were stored before say not which command they are. They are parked, and so carried out by nobody, but not
 * lost. Timers and states stay as they are.
 *
 * `standing` says where an unfinished entry stands: `free` for claims, `behind` another one of its line, or `claimed`; NULL for one that is
 * parked or finished. Only free ones are in the indexes that claims read, and so neither finished entries nor those behind others nor
 * those of other workers cost a claim anything.
 *
 * Rows of the queue are locked in one order, by line, number and id, and claims wait for no lock at all.
 */
export function migration4(schema: string): string {
  const queue = `${schema}.command_queue`;
  /** Whether an entry stands behind none of its line. */
  const isFront = (entry: string) =>
    `(${entry}.line IS NULL OR NOT (${["waiting", "parked"]
      .map(
        (state) => `EXISTS (
        SELECT FROM ${queue} o WHERE o.line = ${entry}.line AND o.state = '${state}' AND o.number < ${entry}.number
      )`,
      )
      .join(" OR ")}))`;
  /** The first entries of each lane that can be claimed, in an order. */
  const firstOfLanes = (condition: string, order: readonly string[]) => `
      SELECT c.id FROM unnest($1) AS l (lane) CROSS JOIN LATERAL (
        SELECT q.id, q.priority, q.due_at FROM ${queue} q
        WHERE q.lane = l.lane AND ${condition} AND q.due_at <= $4 AND (q.claimed_until IS NULL OR q.claimed_until <= $4)
          AND ${isFront("q")}
        ORDER BY ${order.map((column) => `q.${column}`).join(", ")} LIMIT $5
      ) AS c ORDER BY ${order.map((column) => `c.${column}`).join(", ")} LIMIT $5`;
  return `
    -- Refuses what was to replace a row, with what the row has in the guarded column by now: a volatile function sees what was committed
    -- since the statement that calls it started.
    CREATE FUNCTION ${schema}.refuse_row(table_name text, key_column text, guard text, row_key text)
    RETURNS boolean LANGUAGE plpgsql VOLATILE AS $body$
    DECLARE
      actual bigint;
      is_there bigint;
    BEGIN
      EXECUTE format('SELECT %I FROM ${schema}.%I WHERE %I = $1', guard, table_name, key_column)
        INTO actual USING row_key;
      GET DIAGNOSTICS is_there = ROW_COUNT;
      RETURN ${schema}.refuse(json_build_object('kind', 'row', 'table', table_name, 'key', row_key, 'isThere', is_there > 0,
        'actual', actual));
    END
    $body$;

    -- The time of the database: milliseconds since 1970.
    CREATE FUNCTION ${schema}.clock_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $body$
      SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
    $body$;

    ALTER TABLE ${queue}
      ADD COLUMN type text COLLATE "C" NOT NULL DEFAULT '',
      ADD COLUMN expires_at bigint,
      ADD COLUMN line text COLLATE "C",
      ADD COLUMN number bigint NOT NULL DEFAULT 0,
      ADD COLUMN state text COLLATE "C" NOT NULL DEFAULT 'parked',
      ADD COLUMN standing text COLLATE "C",
      ADD COLUMN attempts integer NOT NULL DEFAULT 0,
      ADD COLUMN claims integer NOT NULL DEFAULT 0,
      ADD COLUMN begins integer NOT NULL DEFAULT 0,
      ADD COLUMN revision bigint NOT NULL DEFAULT 0,
      ADD COLUMN claimed_by text COLLATE "C",
      ADD COLUMN claimed_until bigint,
      ADD COLUMN finished_at bigint,
      ADD COLUMN outcome text COLLATE "C"
        DEFAULT '{"error":{"name":"Error","message":"It was stored by a version that did not store the type of a command"}}';
    ALTER TABLE ${queue}
      ALTER COLUMN type DROP DEFAULT, ALTER COLUMN number DROP DEFAULT, ALTER COLUMN state DROP DEFAULT,
      ALTER COLUMN outcome DROP DEFAULT;
    DROP INDEX ${schema}.command_queue_in_order;
    CREATE INDEX command_queue_by_priority ON ${queue} (lane, priority DESC, due_at, id) WHERE ${BY_PRIORITY};
    CREATE INDEX command_queue_by_time ON ${queue} (lane, due_at, id) WHERE ${BY_TIME};
    CREATE INDEX command_queue_claims ON ${queue} (lane, claimed_until) WHERE standing = 'claimed';
    CREATE INDEX command_queue_lines ON ${queue} (line, state, number) WHERE line IS NOT NULL;
    CREATE INDEX command_queue_by_state ON ${queue} (state, id) INCLUDE (lane, due_at, claimed_until) WHERE ${BY_STATE};
    CREATE INDEX command_queue_finished ON ${queue} (finished_at) WHERE finished_at IS NOT NULL;

    -- An entry stands behind another one of its line only where this transaction has locked that one. Whoever finishes that one waits for
    -- the transaction, sees the entry then, and frees it. Where another one is locked by others the entry is free, and claims look
    -- whether it is the first of its line. So nobody waits here for a row, except for one that is replaced.
    CREATE FUNCTION ${schema}.enqueue(
      ids text[], lanes text[], types text[], priorities double precision[], due_times bigint[], due_delays bigint[],
      expiry_times bigint[], expiry_delays bigint[], lines text[], numbers bigint[], datas text[], replaces boolean[]
    ) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      moment bigint := ${schema}.clock_ms();
      entry record;
      place text;
      stored record;
      added bigint;
      is_looped boolean := true = ANY (replaces) OR EXISTS (SELECT FROM ${queue} q WHERE q.id = ANY (ids));
    BEGIN
      INSERT INTO ${queue} (id, lane, type, priority, due_at, expires_at, number, data, state, standing)
      SELECT e.id, e.lane, e.type, e.priority, coalesce(e.due_time, moment + e.due_delay),
        coalesce(e.expiry_time, moment + e.expiry_delay), e.number, e.data, 'waiting', 'free'
      FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        AS e (id, lane, type, priority, due_time, due_delay, expiry_time, expiry_delay, line, number, data, replaces)
      WHERE e.line IS NULL AND NOT e.replaces
      ORDER BY e.id COLLATE "C"
      ON CONFLICT (id) DO NOTHING;

      -- All are new: each but the first of its line stands behind the one before, which nobody else can finish before this transaction is
      -- over. Where somebody else has added one of them meanwhile all are free.
      IF NOT is_looped THEN
        WITH added_entries AS MATERIALIZED (
          SELECT e.*, rank() OVER (PARTITION BY e.line ORDER BY e.number) AS place
          FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            AS e (id, lane, type, priority, due_time, due_delay, expiry_time, expiry_delay, line, number, data)
          WHERE e.line IS NOT NULL
        ), fronts AS MATERIALIZED (
          SELECT a.line, w.id IS NOT NULL OR p.id IS NOT NULL AS is_behind
          FROM (SELECT e.line, min(e.number) AS number FROM added_entries e GROUP BY e.line) AS a
          LEFT JOIN LATERAL (
            SELECT q.id FROM ${queue} q WHERE q.line = a.line AND q.state = 'waiting' AND q.number < a.number
            ORDER BY q.number DESC LIMIT 1 FOR SHARE SKIP LOCKED
          ) AS w ON true
          LEFT JOIN LATERAL (
            SELECT q.id FROM ${queue} q
            WHERE w.id IS NULL AND q.line = a.line AND q.state = 'parked' AND q.number < a.number
            ORDER BY q.number DESC LIMIT 1 FOR SHARE SKIP LOCKED
          ) AS p ON true
        )
        INSERT INTO ${queue} (id, lane, type, priority, due_at, expires_at, line, number, data, state, standing)
        SELECT a.id, a.lane, a.type, a.priority, coalesce(a.due_time, moment + a.due_delay),
          coalesce(a.expiry_time, moment + a.expiry_delay), a.line, a.number, a.data, 'waiting',
          CASE WHEN a.place > 1 OR f.is_behind THEN 'behind' ELSE 'free' END
        FROM added_entries a JOIN fronts f ON f.line = a.line
        ORDER BY a.line COLLATE "C", a.number, a.id COLLATE "C"
        ON CONFLICT (id) DO NOTHING;
        GET DIAGNOSTICS added = ROW_COUNT;
        IF added < cardinality(array_remove(lines, NULL)) THEN
          UPDATE ${queue} q SET standing = 'free' WHERE q.id = ANY (ids) AND q.standing = 'behind';
        END IF;
        RETURN;
      END IF;

      FOR entry IN
        SELECT e.*, coalesce(e.due_time, moment + e.due_delay) AS due_at,
          coalesce(e.expiry_time, moment + e.expiry_delay) AS expires_at
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) WITH ORDINALITY
          AS e (id, lane, type, priority, due_time, due_delay, expiry_time, expiry_delay, line, number, data, replaces, ordinal)
        WHERE e.line IS NOT NULL OR e.replaces
        ORDER BY e.line COLLATE "C", e.number, e.id COLLATE "C"
      LOOP
        place := 'free';
        IF entry.line IS NOT NULL THEN
          PERFORM FROM ${queue} q WHERE q.line = entry.line AND q.state = 'waiting' AND q.number < entry.number
            AND q.id <> entry.id
          ORDER BY q.number DESC LIMIT 1 FOR SHARE SKIP LOCKED;
          IF NOT FOUND THEN
            PERFORM FROM ${queue} q WHERE q.line = entry.line AND q.state = 'parked' AND q.number < entry.number
              AND q.id <> entry.id
            ORDER BY q.number DESC LIMIT 1 FOR SHARE SKIP LOCKED;
          END IF;
          IF FOUND THEN place := 'behind'; END IF;
        END IF;
        LOOP
          INSERT INTO ${queue} (id, lane, type, priority, due_at, expires_at, line, number, data, state, standing)
          VALUES (entry.id, entry.lane, entry.type, entry.priority, entry.due_at, entry.expires_at, entry.line, entry.number,
            entry.data, 'waiting', place)
          ON CONFLICT (id) DO NOTHING;
          EXIT WHEN FOUND OR NOT entry.replaces;
          SELECT q.line, q.claimed_until > moment AS is_claimed INTO stored FROM ${queue} q WHERE q.id = entry.id FOR UPDATE;
          CONTINUE WHEN NOT FOUND;
          IF stored.is_claimed THEN
            PERFORM ${schema}.refuse(json_build_object('kind', 'replaceEntry', 'number', entry.ordinal));
          END IF;
          UPDATE ${queue} q SET lane = entry.lane, type = entry.type, priority = entry.priority, due_at = entry.due_at,
            expires_at = entry.expires_at, line = entry.line, number = entry.number, data = entry.data, state = 'waiting',
            standing = place, attempts = 0, claims = 0, begins = 0, revision = q.revision + 1, claimed_by = NULL,
            claimed_until = NULL, finished_at = NULL, outcome = NULL
          WHERE q.id = entry.id;
          PERFORM ${schema}.free_next(stored.line);
          EXIT;
        END LOOP;
      END LOOP;
    END
    $body$;

    -- Frees the first waiting entries of a line, as far as they stand behind another one, after one of the line was finished.
    --
    -- Where the first one is not behind, whoever finishes it frees the next; locked in share mode, it is not finished before this
    -- transaction is over, and so is seen to be the last. Where others have locked it they may be finishing it just now, without seeing what
    -- this transaction does: then the next is freed as well. An entry that is free too early is passed over by claims.
    CREATE FUNCTION ${schema}.free_next(line text) RETURNS void LANGUAGE plpgsql AS $body$
    #variable_conflict use_column
    DECLARE
      place text;
    BEGIN
      IF $1 IS NULL THEN RETURN; END IF;
      LOOP
        SELECT q.standing INTO place FROM ${queue} q WHERE q.line = $1 AND q.state = 'waiting' ORDER BY q.number LIMIT 1;
        EXIT WHEN NOT FOUND;
        IF place <> 'behind' THEN
          PERFORM FROM ${queue} q WHERE q.line = $1 AND q.state = 'waiting' AND q.standing <> 'behind'
          ORDER BY q.number LIMIT 1 FOR SHARE SKIP LOCKED;
          EXIT WHEN FOUND;
        END IF;
        -- Others may change it first: then there is another first one.
        UPDATE ${queue} q SET standing = 'free'
        WHERE q.line = $1 AND q.state = 'waiting' AND q.standing = 'behind' AND q.number = (
          SELECT n.number FROM ${queue} n WHERE n.line = $1 AND n.state = 'waiting' AND n.standing = 'behind'
          ORDER BY n.number LIMIT 1
        );
        EXIT WHEN FOUND OR place <> 'behind';
      END LOOP;
    END
    $body$;

    -- An entry whose state is NULL is taken out. A due time, a delay, an outcome or claims that are NULL leave things as they were.
    CREATE FUNCTION ${schema}.settle_entries(
      ids text[], expected_revisions bigint[], states text[], attempts integer[], due_times bigint[], due_delays bigint[],
      outcomes text[], claims integer[]
    ) RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      moment bigint := ${schema}.clock_ms();
      change record;
      settled record;
    BEGIN
      FOR change IN
        SELECT c.* FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) WITH ORDINALITY
          AS c (id, expected, state, attempts, due_time, due_delay, outcome, claims, ordinal)
        LEFT JOIN LATERAL (SELECT q.line, q.number FROM ${queue} q WHERE q.id = c.id LIMIT 1) AS q ON true
        ORDER BY q.line, q.number, c.id COLLATE "C"
      LOOP
        IF change.state IS NULL THEN
          DELETE FROM ${queue} q WHERE q.id = change.id AND q.revision = change.expected RETURNING q.line INTO settled;
        ELSE
          UPDATE ${queue} q SET state = change.state, attempts = change.attempts, revision = q.revision + 1,
            standing = CASE WHEN change.state = 'waiting' THEN 'free' END,
            due_at = coalesce(change.due_time, moment + change.due_delay, q.due_at),
            outcome = coalesce(change.outcome, q.outcome), claims = coalesce(change.claims, q.claims),
            begins = 0, claimed_by = NULL, claimed_until = NULL,
            finished_at = CASE WHEN change.state NOT IN ('waiting', 'parked') THEN moment END
          WHERE q.id = change.id AND q.revision = change.expected RETURNING q.line INTO settled;
        END IF;
        IF NOT FOUND THEN
          PERFORM ${schema}.refuse(json_build_object('kind', 'settleEntry', 'number', change.ordinal, 'revision', (
            SELECT q.revision FROM ${queue} q WHERE q.id = change.id
          )));
        END IF;
        IF change.state IS NULL OR change.state NOT IN ('waiting', 'parked') THEN
          PERFORM ${schema}.free_next(settled.line);
        END IF;
      END LOOP;
    END
    $body$;

    -- The first entries that can be claimed: of one priority ('level'), of lower ones ('below'), or of all by their time ('time').
    CREATE FUNCTION ${schema}.claimable_entries(lanes text[], way text, level double precision, moment bigint, most bigint)
    RETURNS SETOF text LANGUAGE plpgsql AS $body$
    BEGIN
      IF $2 = 'level' THEN
        RETURN QUERY ${firstOfLanes(`q.priority = $3 AND ${BY_PRIORITY}`, ["due_at", "id"])};
      ELSIF $2 = 'below' THEN
        RETURN QUERY ${firstOfLanes(`q.priority < $3 AND ${BY_PRIORITY}`, ["priority DESC", "due_at", "id"])};
      ELSE
        RETURN QUERY ${firstOfLanes(BY_TIME, ["due_at", "id"])};
      END IF;
    END
    $body$;

    -- Claims the first entries that no other claim has locked: looks at more of them where others have locked some.
    CREATE FUNCTION ${schema}.take_entries(
      lanes text[], way text, level double precision, moment bigint, most bigint, worker text, until bigint
    ) RETURNS text[] LANGUAGE plpgsql AS $body$
    #variable_conflict use_column
    DECLARE
      look bigint := $5;
      seen bigint;
      found_ids text[];
      taken text[] := '{}';
    BEGIN
      LOOP
        WITH candidates AS MATERIALIZED (
          SELECT * FROM ${schema}.claimable_entries($1, $2, $3, $4, look) WITH ORDINALITY AS c (id, place)
        ), locked AS MATERIALIZED (
          SELECT q.id, c.place FROM candidates c CROSS JOIN LATERAL (
            SELECT q.id FROM ${queue} q
            WHERE q.id = c.id AND q.standing IS NOT DISTINCT FROM 'free' AND q.due_at <= $4
              AND (q.claimed_until IS NULL OR q.claimed_until <= $4)
            FOR UPDATE SKIP LOCKED
          ) AS q
          LIMIT $5 - cardinality(taken)
        )
        SELECT coalesce(array_agg(l.id ORDER BY l.place), '{}'), (SELECT count(*) FROM candidates)
        INTO found_ids, seen FROM locked l;
        UPDATE ${queue} q SET standing = 'claimed', claimed_by = $6, claimed_until = $7, claims = q.claims + 1,
          revision = q.revision + 1
        WHERE q.id = ANY (found_ids);
        taken := taken || found_ids;
        IF cardinality(taken) >= $5 OR seen < look THEN RETURN taken; END IF;
        look := look * 4;
      END LOOP;
    END
    $body$;

    -- Goes from one priority to the next lower one, so that it passes over no entry that is due later. An entry whose claim has run out is
    -- free again from then on; its worker is still noted.
    CREATE FUNCTION ${schema}.claim_entries(
      worker text, lanes text[], most integer, oldest integer, claim_ms bigint, moment bigint
    ) RETURNS SETOF ${queue} LANGUAGE plpgsql AS $body$
    #variable_conflict use_column
    DECLARE
      past text[];
      claimed text[] := '{}';
      next_level double precision := 'Infinity';
      levels integer := 0;
    BEGIN
      moment := coalesce($6, ${schema}.clock_ms());
      SELECT array_agg(p.id) INTO past FROM unnest($2) AS l (lane) CROSS JOIN LATERAL (
        SELECT q.id FROM ${queue} q WHERE q.lane = l.lane AND q.standing = 'claimed' AND q.claimed_until <= $6
        FOR UPDATE SKIP LOCKED
      ) AS p;
      IF past IS NOT NULL THEN
        UPDATE ${queue} q SET standing = 'free' WHERE q.id = ANY (past);
      END IF;
      WHILE cardinality(claimed) < $3 - $4 LOOP
        levels := levels + 1;
        IF levels > ${MOST_LEVELS} THEN
          claimed := claimed
            || ${schema}.take_entries($2, 'below', next_level, $6, $3 - $4 - cardinality(claimed), $1, $6 + $5);
          EXIT;
        END IF;
        SELECT max(p.priority) INTO next_level FROM unnest($2) AS l (lane) CROSS JOIN LATERAL (
          SELECT q.priority FROM ${queue} q WHERE q.lane = l.lane AND ${BY_PRIORITY} AND q.priority < next_level
          ORDER BY q.priority DESC LIMIT 1
        ) AS p;
        EXIT WHEN next_level IS NULL;
        claimed := claimed
          || ${schema}.take_entries($2, 'level', next_level, $6, $3 - $4 - cardinality(claimed), $1, $6 + $5);
      END LOOP;
      IF cardinality(claimed) = $3 - $4 AND $4 > 0 THEN
        claimed := claimed || ${schema}.take_entries($2, 'time', NULL, $6, $4, $1, $6 + $5);
      END IF;
      RETURN QUERY SELECT q.* FROM ${queue} q WHERE q.id = ANY (claimed) ORDER BY array_position(claimed, q.id);
    END
    $body$;

    DROP FUNCTION ${schema}.dequeue(text[]);

    -- The slot of an owner as \`bucketOf(owner, 65536)\` computes it: FNV-1a over UTF-16 code units, and the finish of MurmurHash3.
    CREATE FUNCTION ${schema}.slot_of_owner(owner text) RETURNS integer LANGUAGE plpgsql AS $body$
    DECLARE
      hash bigint := 2166136261;
      point integer;
      unit integer;
      factor bigint;
    BEGIN
      FOR point IN SELECT ascii(c.character) FROM regexp_split_to_table($1, '') AS c (character) WHERE $1 <> '' LOOP
        FOREACH unit IN ARRAY CASE
          WHEN point < 65536 THEN ARRAY[point]
          ELSE ARRAY[55296 + ((point - 65536) >> 10), 56320 + ((point - 65536) & 1023)]
        END LOOP
          hash := ((hash # unit) * 16777619) & 4294967295;
        END LOOP;
      END LOOP;
      FOREACH factor IN ARRAY ARRAY[2246822507, 3266489909] LOOP
        hash := hash # (hash >> CASE factor WHEN 2246822507 THEN 16 ELSE 13 END);
        hash := (hash * (factor & 65535) + (((hash * (factor >> 16)) & 65535) << 16)) & 4294967295;
      END LOOP;
      RETURN (hash # (hash >> 16)) & 65535;
    END
    $body$;
    ALTER TABLE ${schema}.timers ADD COLUMN slot integer;
    UPDATE ${schema}.timers SET slot = ${schema}.slot_of_owner(owner);
    ALTER TABLE ${schema}.timers ALTER COLUMN slot SET NOT NULL;
    DROP FUNCTION ${schema}.slot_of_owner(text);
    DROP INDEX ${schema}.timers_by_time;
    CREATE INDEX timers_by_time ON ${schema}.timers (due_at, owner, name) INCLUDE (slot);

    -- A time that is NULL is not checked, nor is the data then.
    DROP FUNCTION ${schema}.remove_timers(text[], text[], bigint[]);
    CREATE FUNCTION ${schema}.remove_timers(owners text[], names text[], times bigint[], datas text[])
    RETURNS void LANGUAGE plpgsql AS $body$
    DECLARE
      removal record;
    BEGIN
      FOR removal IN
        SELECT * FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS r (owner, name, due_at, data, number)
        ORDER BY r.owner COLLATE "C", r.name COLLATE "C"
      LOOP
        DELETE FROM ${schema}.timers t WHERE t.owner = removal.owner AND t.name = removal.name
          AND (removal.due_at IS NULL OR (t.due_at = removal.due_at AND t.data = removal.data));
        IF NOT FOUND AND removal.due_at IS NOT NULL THEN
          PERFORM ${schema}.refuse(json_build_object('kind', 'removeTimer', 'number', removal.number, 'dueAt', (
            SELECT t.due_at FROM ${schema}.timers t WHERE t.owner = removal.owner AND t.name = removal.name
          )));
        END IF;
      END LOOP;
    END
    $body$;

    CREATE INDEX states_of_category ON ${schema}.states (category, stream);
    ${forgetting(schema)}
  `;
}
