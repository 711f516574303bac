import { type Answer, AppendListeners, clearInterval, type StopListening, setInterval } from "@tidemark/core/adapter";

import type { OpenStore } from "./open-store";
import type { StoreAccess } from "./store-access";

/** How often to look whether another connection has committed. A look takes about 10 microseconds. */
const LOOK_MS = 25;

/**
 * Calls listeners after appends: at once for those of this store, by a look at the file from time to time for those of others.
 * Nothing looks while nobody listens, and looking keeps no process alive.
 */
export class AppendListener {
  private readonly listeners = new AppendListeners();
  private timer: NodeJS.Timeout | undefined;
  private isLooking = false;
  private seen: Commits = { dataVersion: 0, lastPosition: 0 };

  constructor(private readonly access: StoreAccess) {}

  add(listener: () => void): Answer<StopListening> {
    const remove = this.listeners.add(listener);
    const stop = (): void => {
      remove();
      if (this.listeners.size === 0) this.close();
    };
    if (this.timer !== undefined || !this.access.isShared) return stop;
    const commits = this.access.read(commitsIn);
    if (commits instanceof Promise) return commits.then((each) => this.watch(each, stop));
    return this.watch(commits, stop);
  }

  /** Calls the listeners soon, for an append of this store. */
  notify(): void {
    this.listeners.notify();
  }

  close(): void {
    this.listeners.clear();
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private watch(commits: Commits, stop: () => void): () => void {
    this.seen = commits;
    if (this.listeners.size > 0) this.timer ??= setInterval(() => void this.look(), LOOK_MS).unref();
    return stop;
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const { seen } = this;
    try {
      this.seen = await this.access.read((store) =>
        store.dataVersion() === seen.dataVersion ? seen : commitsIn(store),
      );
      if (this.seen.lastPosition > seen.lastPosition) this.listeners.notify();
    } catch {
      // Somebody holds the file's lock for long, or the store was closed. Where it is still open, the next look tells.
    } finally {
      this.isLooking = false;
    }
  }
}

/** What a look compares: whether others have committed, and whether that were events. */
interface Commits {
  readonly dataVersion: number;
  readonly lastPosition: number;
}

function commitsIn(store: OpenStore): Commits {
  return { dataVersion: store.dataVersion(), lastPosition: store.global.lastPosition() };
}
