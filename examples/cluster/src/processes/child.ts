import { domain } from "../domain";
import type { Order, Report } from "./reports";

/** The side of a started process: it does what it is ordered to, and ends with the program that has started it. */
export function child(obey: (order: Order) => Promise<void> | void): void {
  // Ctrl-C reaches every process of the terminal. The program that has started this one ends it in its turn.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit());
  process.on("message", (order: Order) => {
    void Promise.resolve()
      .then(() => obey(order))
      .catch(fail);
  });
}

/** Opens the bank's domain and says that the process is ready. */
export async function ready(prepare: () => Promise<void>): Promise<void> {
  try {
    await domain.init();
    await prepare();
    report({ kind: "ready" });
  } catch (error) {
    fail(error);
  }
}

export function report(told: Report): void {
  if (process.connected) process.send?.(told);
}

export function fail(error: unknown): void {
  report({ kind: "failed", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
