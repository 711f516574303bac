import { now } from "@tidemark/core/adapter";

import { type AskHost, type Found, HostSearch } from "./host-search";
import type { Host } from "./hosts";
import { NoWritableHost } from "./unavailable";

interface WritableHostSettings {
  readonly hosts: readonly Host[];
  readonly ask: AskHost;
  /** How long a search may take. */
  readonly searchMs: number;
  /** Called when another server, or the same one in another role, takes the writes than before. */
  readonly onChange: (host: Host) => void;
}

/** How often the other hosts are asked while the known one answers, and while it does not. */
const [LOOK_MS, URGENT_LOOK_MS] = [5_000, 1_000];

/**
 * Knows which of several hosts takes writes.
 *
 * The timeline decides between two that claim it: it grows with each promotion. One that is lower than the highest seen here is never
 * gone back to.
 */
export class WritableHost {
  #known: Host | undefined;
  /** The last one known, which connections may still lead to. */
  #last: Host | undefined;
  #timeline = 0;
  #search: Promise<Host> | undefined;
  #lookedAt = now();
  #isLooking = false;

  constructor(private readonly settings: WritableHostSettings) {}

  /** @throws NoWritableHost */
  async find(): Promise<Host> {
    if (this.#known !== undefined) return this.#known;
    this.#search ??= this.#searched().finally(() => {
      this.#search = undefined;
    });
    return await this.#search;
  }

  /** Has the next `find` search again, unless another host was found meanwhile. */
  forget(host: Host): void {
    if (this.#known === host) this.#known = undefined;
  }

  /**
   * Looks, if it is time to, whether another server has taken the place of the known one. That one need not know: its connections stay open
   * when it is frozen or cut off from its cluster, or when what managed it died, and may still answer reads.
   */
  async look({ isUrgent }: { isUrgent: boolean }): Promise<void> {
    if (this.#isLooking || now() - this.#lookedAt < (isUrgent ? URGENT_LOOK_MS : LOOK_MS)) return;
    this.#isLooking = true;
    this.#lookedAt = now();
    try {
      if (this.#known === undefined) await this.find();
      else await this.#lookAtOthers(this.#known);
    } catch {
      // None takes writes now. The next look, or the next connection, tries again.
    } finally {
      this.#isLooking = false;
    }
  }

  async #searched(): Promise<Host> {
    const { hosts, ask, searchMs } = this.settings;
    return this.#choose(await new HostSearch(hosts, ask, this.#timeline, { asksAgain: true }).run(searchMs));
  }

  async #lookAtOthers(known: Host): Promise<void> {
    const { hosts, ask } = this.settings;
    const others = hosts.filter((host) => host !== known);
    const search = new HostSearch(others, ask, this.#timeline + 1, { asksAgain: false });
    this.#choose(await search.run(URGENT_LOOK_MS));
  }

  #choose({ host, claim }: Found): Host {
    if (claim.timeline < this.#timeline) return this.#knownOrThrow();
    const isFirst = this.#last === undefined;
    const isSame = this.#last === host && this.#timeline === claim.timeline;
    this.#known = host;
    this.#last = host;
    this.#timeline = claim.timeline;
    if (!isFirst && !isSame) this.settings.onChange(host);
    return host;
  }

  /** A look may have found a newer server while a search went on. */
  #knownOrThrow(): Host {
    if (this.#known !== undefined) return this.#known;
    throw new NoWritableHost("the server that takes writes was replaced while it was looked for", false);
  }
}
