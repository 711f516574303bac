import type { Answer } from "@tidemark/core/adapter";

import type { Teller } from "../tellers/teller";

/** Hands every event of a bank to listeners that do nothing, each with a checkpoint of its own. */
export interface Listeners {
  /** Works in the bank whose events these are. */
  readonly teller: Teller;
  /** Hands over every event that is behind the checkpoints. */
  catchUp(): Answer<void>;
  /** How many events were handed over, to all listeners together. */
  readonly heard: number;
  close(): Answer<void>;
}

export interface ListenersOptions {
  readonly count: number;
  /** What their names begin with: others are new to the store. */
  readonly prefix: string;
}
