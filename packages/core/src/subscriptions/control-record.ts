import { ExpectedVersionError } from "../errors/expected-version-error";
import { streamOf } from "../event-store/stream-names";
import { namePrefixes } from "../model/names";
import type { OperationStores } from "../ports/operation-stores";
import type { StreamRef } from "../ports/stored-message";

/** What operators have asked of the subscriptions of a domain, and which have halted: the same for all of its servers. */
export interface SubscriptionControls {
  /** By the name of the subscription. */
  readonly paused: ReadonlyMap<string, SubscriptionPause>;
  /** By the identity of its checkpoints. */
  readonly halted: ReadonlyMap<string, SubscriptionHalt>;
  /** The server that is to have all buckets, in order to change their number; by the identity of the checkpoints. */
  readonly soleServers: ReadonlyMap<string, string>;
}

/** That an operator has paused a subscription. */
export interface SubscriptionPause {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by?: string;
  readonly reason?: string;
}

/** Why a subscription has halted. */
export interface SubscriptionHalt {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The server on which it happened. */
  readonly server: string;
  /** What the failure says. */
  readonly message: string;
  /** The class of the failure: `handler`, `undecodable`. */
  readonly class?: string;
  /** The global position of the event that failed. */
  readonly position?: number;
}

/** How the two maps are stored. */
interface StoredControls {
  readonly paused: Readonly<Record<string, SubscriptionPause>>;
  readonly halted: Readonly<Record<string, SubscriptionHalt>>;
  readonly soleServers: Readonly<Record<string, string>>;
}

const NOTHING: StoredControls = { paused: {}, halted: {}, soleServers: {} };

/** Keeps the controls of a domain's subscriptions in its store. */
export class ControlRecord {
  readonly #ref: StreamRef;

  constructor(
    domain: string,
    private readonly operations: Pick<OperationStores, "states" | "flush">,
  ) {
    this.#ref = streamOf(`${namePrefixes(domain).streams}subscriptions`, "controls");
  }

  /** @throws StoreUnavailableError */
  async read(): Promise<SubscriptionControls> {
    const { paused, halted, soleServers } = (await this.#load()).controls;
    return {
      paused: new Map(Object.entries(paused)),
      halted: new Map(Object.entries(halted)),
      soleServers: new Map(Object.entries(soleServers)),
    };
  }

  /** Notes that a subscription is paused; the newest note counts. */
  async pause(name: string, pause: SubscriptionPause): Promise<void> {
    await this.#change((controls) => ({ ...controls, paused: { ...controls.paused, [name]: pause } }));
  }

  /** Ends the pause of a subscription, and the halts of its identities. @returns whether there was anything to end. */
  async resume(name: string, subscriptions: readonly string[]): Promise<boolean> {
    return await this.#change((controls) => ({
      ...controls,
      paused: without(controls.paused, [name]),
      halted: without(controls.halted, subscriptions),
    }));
  }

  /** Notes why a subscription has halted. */
  async noteHalt(subscription: string, halt: SubscriptionHalt): Promise<void> {
    await this.#change((controls) => ({ ...controls, halted: { ...controls.halted, [subscription]: halt } }));
  }

  /** Forgets that subscriptions have halted: they are to be tried again. @returns whether one had. */
  async clearHalts(subscriptions: readonly string[]): Promise<boolean> {
    return await this.#change((controls) => ({ ...controls, halted: without(controls.halted, subscriptions) }));
  }

  /**
   * Asks the other servers to give back the buckets of a subscription, and to take none.
   * @param alive the servers that count. @returns whether no other of them has asked for the same.
   */
  async askForAll(subscription: string, server: string, alive: readonly string[]): Promise<boolean> {
    let isFirst = false;
    await this.#change((controls) => {
      const { [subscription]: present } = controls.soleServers;
      isFirst = present === undefined || present === server || !alive.includes(present);
      return isFirst ? { ...controls, soleServers: { ...controls.soleServers, [subscription]: server } } : controls;
    });
    return isFirst;
  }

  /** Lets the other servers have buckets again. */
  async endSole(subscription: string, server: string): Promise<void> {
    await this.#change((controls) =>
      controls.soleServers[subscription] === server
        ? { ...controls, soleServers: without(controls.soleServers, [subscription]) }
        : controls,
    );
  }

  /** Changes what is stored, again where another process was quicker. @returns whether there was anything to change. */
  async #change(change: (controls: StoredControls) => StoredControls): Promise<boolean> {
    for (;;) {
      const { controls, version } = await this.#load();
      const data = JSON.stringify(change(controls));
      if (data === JSON.stringify(controls)) return false;
      const state = { ...this.#ref, version: version + 1, data };
      try {
        await this.operations.flush([{ kind: "putState", state, expectedVersion: version }]);
        return true;
      } catch (error) {
        if (!(error instanceof ExpectedVersionError)) throw error;
      }
    }
  }

  async #load(): Promise<{ readonly controls: StoredControls; readonly version: number }> {
    const stored = await this.operations.states.load(this.#ref);
    if (stored === undefined) return { controls: NOTHING, version: -1 };
    return { controls: { ...NOTHING, ...(JSON.parse(stored.data) as StoredControls) }, version: stored.version };
  }
}

function without<T>(entries: Readonly<Record<string, T>>, names: readonly string[]): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !names.includes(name)));
}
