/**
 * The part of the schema that forgets events.
 *
 * `stream_starts` has the streams whose first events were forgotten, and where they begin: so what was forgotten is told from what was
 * lost. `forgotten_categories` has the highest global position that was forgotten of each category.
 *
 * The function runs with the privileges of the owner of the schema: who may call it need not be allowed to delete whatever event.
 */
export function forgetting(schema: string): string {
  const events = `${schema}.events`;
  return `
    CREATE TABLE ${schema}.stream_starts (
      position integer NOT NULL,
      slot smallint NOT NULL,
      stream text COLLATE "C" PRIMARY KEY
    );
    CREATE TABLE ${schema}.forgotten_categories (
      position bigint NOT NULL,
      category text COLLATE "C" PRIMARY KEY
    );

    -- Of each category one call at a time: two of them would wait for each other's rows. Writers of a stream are not held up, as its last
    -- event stays. What they append meanwhile only makes that an earlier one was not forgotten yet.
    CREATE FUNCTION ${schema}.forget_events(category text, before bigint, after bigint, up_to bigint, most bigint)
    RETURNS TABLE (events bigint, reached bigint, at_end boolean) LANGUAGE plpgsql
    SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
    #variable_conflict use_column
    DECLARE
      streams text[];
      looked bigint;
      last bigint;
      has_old boolean;
      forgotten bigint;
      highest bigint;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtext('tidemark forgetting'), hashtext($1));
      SELECT array_agg(DISTINCT l.stream), count(*), max(l.global_position), bool_or(l.time < $2)
      INTO streams, looked, last, has_old
      FROM (
        SELECT e.stream, e.global_position, e.time FROM ${events} e
        WHERE (e.category, e.global_position) > ($1, $3) AND e.category <= $1 AND e.global_position <= $4
        ORDER BY e.category, e.global_position LIMIT $5
      ) AS l;
      last := CASE WHEN looked < $5 THEN $4 ELSE coalesce(last, $3) END;
      WITH kept AS MATERIALIZED (
        SELECT s.stream, ends.slot, least(ends.position, (
          SELECT e.position FROM ${events} e WHERE e.stream = s.stream AND (e.time >= $2 OR e.global_position > last)
          ORDER BY e.position LIMIT 1
        )) AS position
        FROM unnest(streams) AS s (stream) CROSS JOIN LATERAL (
          SELECT e.position, e.slot FROM ${events} e WHERE e.stream = s.stream ORDER BY e.position DESC LIMIT 1
        ) AS ends
      ), gone AS (
        DELETE FROM ${events} e USING kept k WHERE e.stream = k.stream AND e.position < k.position
        RETURNING e.stream, e.global_position
      ), noted AS (
        INSERT INTO ${schema}.stream_starts AS s (stream, slot, position)
        SELECT k.stream, k.slot, k.position FROM kept k WHERE k.stream IN (SELECT g.stream FROM gone g)
        ORDER BY k.stream COLLATE "C"
        ON CONFLICT (stream) DO UPDATE SET position = greatest(s.position, excluded.position)
      )
      SELECT count(*), max(g.global_position) INTO forgotten, highest FROM gone g;
      IF forgotten > 0 THEN
        INSERT INTO ${schema}.forgotten_categories AS c (category, position) VALUES ($1, highest)
        ON CONFLICT (category) DO UPDATE SET position = greatest(c.position, excluded.position);
      END IF;
      RETURN QUERY SELECT forgotten, last, last >= $4 OR has_old IS NOT TRUE;
    END
    $body$;
    REVOKE EXECUTE ON FUNCTION ${schema}.forget_events(text, bigint, bigint, bigint, bigint) FROM PUBLIC;
  `;
}
