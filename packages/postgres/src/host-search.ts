import { clearTimeout, now, pause, setTimeout } from "@tidemark/core/adapter";

import type { Claim } from "./claim";
import { type Host, hostText } from "./hosts";
import { isLasting, NoWritableHost, reasonOf } from "./unavailable";

/** Asks one host. Rejects where it takes no writes, or does not say so within `timeoutMs`, or before `signal`. */
export type AskHost = (host: Host, limits: { timeoutMs: number; signal: AbortSignal }) => Promise<Claim>;

/** The server that was found. */
export interface Found {
  readonly host: Host;
  readonly claim: Claim;
}

/** How long the other hosts may take once one has said that it takes writes: a former primary may be the faster one. */
const OTHERS_MS = 200;
/** After what time a host is asked again that took no writes, while another one has not answered: it may be promoted meanwhile. */
const AGAIN_MS = 250;

/** One search for the server that takes writes: all hosts are asked at once. */
export class HostSearch {
  readonly #claims = new Map<Host, Claim>();
  readonly #failures = new Map<Host, unknown>();
  readonly #abort = new AbortController();
  #others: NodeJS.Timeout | undefined;
  #end: (() => void) | undefined;

  constructor(
    private readonly hosts: readonly Host[],
    private readonly ask: AskHost,
    /** A server with a lower timeline was replaced by one that had this. */
    private readonly lowestTimeline: number,
    private readonly options: { readonly asksAgain: boolean },
  ) {}

  /**
   * Returns as soon as all have answered, or shortly after one has said that it takes writes. A host that is frozen or gone is waited for
   * only where no other one takes writes, and no longer than `timeoutMs`.
   *
   * @throws NoWritableHost
   */
  async run(timeoutMs: number): Promise<Found> {
    const end = now() + timeoutMs;
    await new Promise<void>((resolve) => {
      this.#end = resolve;
      for (const host of this.hosts) void this.#askUntil(end, host);
    });
    this.#abort.abort();
    clearTimeout(this.#others);
    return this.#newest();
  }

  async #askUntil(end: number, host: Host): Promise<void> {
    const { signal } = this.#abort;
    for (let left = end - now(); left > 0; left = end - now()) {
      try {
        this.#note(host, await this.ask(host, { timeoutMs: left, signal }));
      } catch (error) {
        this.#failures.set(host, error);
      }
      if (!signal.aborted) this.#judge();
      if (signal.aborted || this.#claims.has(host) || !this.options.asksAgain) return;
      await pause(AGAIN_MS, { ref: false });
      if (signal.aborted) return;
    }
  }

  #note(host: Host, claim: Claim): void {
    if (claim.timeline < this.lowestTimeline) {
      const [its, newest] = [claim.timeline, this.lowestTimeline];
      throw new Error(`another server took its place: its timeline is ${its}, and ${newest} was seen before`);
    }
    this.#failures.delete(host);
    this.#claims.set(host, claim);
  }

  #judge(): void {
    if (this.hosts.every((host) => this.#claims.has(host) || this.#failures.has(host))) this.#end!();
    else if (this.#claims.size > 0) this.#others ??= setTimeout(this.#end!, OTHERS_MS);
  }

  #newest(): Found {
    const all = [...this.#claims].map(([host, claim]) => ({ host, claim }));
    const [first, second] = all.sort((a, b) => b.claim.timeline - a.claim.timeline);
    if (first === undefined) throw this.#noneFound();
    const isTie = second?.claim.timeline === first.claim.timeline && second.claim.startedAt !== first.claim.startedAt;
    if (!isTie) return first;
    const both = `${hostText(first.host)} and ${hostText(second.host)} both take writes`;
    throw new NoWritableHost(`${both}, and neither has taken the other's place; name the servers of one cluster`, true);
  }

  #noneFound(): NoWritableHost {
    const failures = this.hosts.map((host) => ({ host, error: this.#failures.get(host) }));
    const reasons = failures.map(({ host, error }) => `${hostText(host)}: ${reasonOf(error)}`);
    const which = this.hosts.length === 1 ? "the host" : `none of the ${this.hosts.length} hosts`;
    const areLasting = failures.every(({ error }) => isLasting(error));
    return new NoWritableHost(`${which} takes writes: ${reasons.join("; ")}`, areLasting);
  }
}
