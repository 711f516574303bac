-- The privileges of an application that does not create the schema itself (auto_migrate = false).
--
-- Run `domain eventstore migrate` as the schema's owner first, and this afterwards, once; and both again after an upgrade that
-- brings a new version of the schema. It is written for the schema "tidemark" and a role "tidemark_app"; put your own names in
-- their place.
--
-- Events are added and read, never changed and never deleted. Snapshots are a cache and may be deleted. The application creates
-- and owns the tables of its read models; leave out CREATE where it has none.

GRANT USAGE, CREATE ON SCHEMA tidemark TO tidemark_app;
GRANT SELECT ON tidemark.migrations TO tidemark_app;
GRANT SELECT, INSERT ON tidemark.events TO tidemark_app;
GRANT USAGE ON SEQUENCE tidemark.global_positions TO tidemark_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tidemark.snapshots TO tidemark_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tidemark.listeners TO tidemark_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tidemark.checkpoints, tidemark.server_leases, tidemark.parked_keys,
  tidemark.received_messages, tidemark.timers, tidemark.command_queue, tidemark.states
  TO tidemark_app;
GRANT SELECT ON tidemark.stream_starts, tidemark.forgotten_categories TO tidemark_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA tidemark TO tidemark_app;

-- With this, domain eventstore doctor sees the standbys, and transactions of other roles. Nothing else needs it.
-- GRANT pg_monitor TO tidemark_app;

-- Where events are kept for a time (keep_events), this function deletes old ones, and nothing else does. Leave the line out then.
REVOKE EXECUTE ON FUNCTION tidemark.forget_events(text, bigint, bigint, bigint, bigint) FROM tidemark_app;
