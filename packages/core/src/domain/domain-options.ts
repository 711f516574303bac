import type { Resolver } from "../commands/instances";
import type { ConfigInput } from "../config/config-schema";
import type { Clock } from "../elements/clock";
import type { IdGenerator } from "../elements/id-generator";
import type { EventStoreAdapter } from "../ports/event-store-adapter";
import type { Logger } from "../telemetry/logger";

/** What `new Domain(name, options)` takes: all of it optional; most settings belong into domain.toml. */
export interface DomainOptions {
  /** Where the search upwards for domain.toml starts; the working directory where absent. */
  readonly root?: string;
  /** Settings in the keys of domain.toml that win over the file. */
  readonly config?: ConfigInput;
  /** An event store of your own instead of the configured one; `init()` opens it, `close()` closes it. */
  readonly eventStore?: EventStoreAdapter;
  /** Where warnings go; the console where absent. */
  readonly logger?: Logger;
  /** The clock of the machine where absent. */
  readonly clock?: Clock;
  /** UUIDs of version 7 where absent. */
  readonly ids?: IdGenerator;
  /** Constructs command handlers and services; `new` without arguments where absent. */
  readonly resolver?: Resolver;
}
