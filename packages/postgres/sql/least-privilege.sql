-- What an application needs that does not create the schema itself (auto_migrate = false).
--
-- Run `domain eventstore migrate` as the schema's owner first, and this afterwards, once. It is written for the
-- schema "tidemark" and a role "tidemark_app"; put your own names in their place.
--
-- Events are added and read, never changed and never deleted. Snapshots are a cache and may be.

GRANT USAGE ON SCHEMA tidemark TO tidemark_app;
GRANT SELECT ON tidemark.migrations TO tidemark_app;
GRANT SELECT, INSERT ON tidemark.events TO tidemark_app;
GRANT USAGE ON SEQUENCE tidemark.global_positions TO tidemark_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tidemark.snapshots TO tidemark_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON tidemark.listeners TO tidemark_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA tidemark TO tidemark_app;
