import { durationOrNoneMs, type EventStoreProvider } from "@tidemark/core/adapter";
import { z } from "zod";

import { hostsFault } from "./hosts";
import { PostgresEventStore } from "./postgres-event-store";
import { DEFAULTS, SCHEMA_NAME, urlFault } from "./settings";

const milliseconds = z.int().min(1).max(2_147_483_647);

/** A list, or a text with commas: an environment variable can hold that. */
const hosts = z.union([
  z.array(z.string()),
  z.string().transform((text) => text.split(",").map((entry) => entry.trim())),
]);

const fields = z.strictObject({
  url: z.string(),
  hosts: hosts.optional(),
  schema: z.string().regex(SCHEMA_NAME, `a schema's name matches ${SCHEMA_NAME.source}`).default(DEFAULTS.schema),
  pool_size: z.int().min(1).max(10_000).default(DEFAULTS.poolSize),
  connect_timeout_ms: milliseconds.default(DEFAULTS.connectTimeoutMs),
  pool_timeout_ms: milliseconds.default(DEFAULTS.poolTimeoutMs),
  statement_timeout_ms: milliseconds.default(DEFAULTS.statementTimeoutMs),
  failover_patience: durationOrNoneMs.default(DEFAULTS.failoverPatienceMs),
  auto_migrate: z.boolean().optional(),
});

const settings = fields.superRefine(({ url, hosts }, { addIssue }) => {
  const ofUrl = urlFault(url, hosts);
  const ofHosts = ofUrl === undefined && hosts !== undefined ? hostsFault(hosts, url) : undefined;
  if (ofUrl !== undefined) addIssue({ code: "custom", message: ofUrl, path: ["url"] });
  if (ofHosts !== undefined) addIssue({ code: "custom", message: ofHosts, path: ["hosts"] });
});

/** `provider = "postgres"` in domain.toml. */
export const provider: EventStoreProvider<typeof settings> = {
  settings,
  create: (settings) =>
    new PostgresEventStore({
      url: settings.url,
      ...(settings.hosts !== undefined && { hosts: settings.hosts }),
      schema: settings.schema,
      poolSize: settings.pool_size,
      connectTimeoutMs: settings.connect_timeout_ms,
      poolTimeoutMs: settings.pool_timeout_ms,
      statementTimeoutMs: settings.statement_timeout_ms,
      failoverPatienceMs: settings.failover_patience,
      autoMigrate: settings.auto_migrate ?? process.env.DOMAIN_ENV !== "production",
    }),
};
