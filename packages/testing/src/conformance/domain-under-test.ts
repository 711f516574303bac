import { type Clock, type ConfigInput, Domain, type Logger } from "@tidemark/core";
import { type EventStoreAdapter } from "@tidemark/core/adapter";

import { lent, type ReplacedMethods } from "./lent-store";

/** What a domain under test is opened with beyond its store. */
interface DomainUnderTest {
  readonly name?: string;
  readonly config?: ConfigInput | undefined;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Methods of the store to look at or to make fail. */
  readonly store?: ReplacedMethods | undefined;
}

/** For tests of what a load does with the store when it has nothing else to begin at. */
export const UNCACHED: ConfigInput = { cache: { max_aggregates: 0 } };

let ofEveryDomain: ConfigInput = {};

/** Settings for every domain that is opened from now on, beneath those that it is opened with. */
export function configureDomains(config: ConfigInput): void {
  ofEveryDomain = config;
}

const opened: Domain[] = [];

/** Closes the domains of a test that is over, so that none goes on serving after a failure. */
export async function closeDomains(): Promise<void> {
  await Promise.all(opened.splice(0).map((domain) => domain.close()));
}

/** A domain on the store under test that takes no snapshots by itself; its elements are still to be declared. */
export function domainOn(adapter: EventStoreAdapter, options: DomainUnderTest = {}): Domain {
  const { name = "conformance", config, logger, clock, store } = options;
  const domain = new Domain(name, {
    root: "/",
    eventStore: lent(adapter, store),
    config: { snapshot_threshold: 0, ...ofEveryDomain, ...config },
    ...(logger && { logger }),
    ...(clock && { clock }),
  });
  opened.push(domain);
  return domain;
}
