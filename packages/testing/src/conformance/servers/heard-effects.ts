import { deepEqual, ok } from "node:assert/strict";

/** One effect of the event handler, as a server printed it. */
interface Effect {
  readonly server: string;
  readonly number: number;
  readonly began: number;
  readonly ended: number;
}

/** The effects that all servers have printed, by till. */
export class HeardEffects {
  readonly #byTill = new Map<string, Effect[]>();
  /** How many effects were repeated. */
  repeated = 0;
  count = 0;

  hear(line: string, server: string): void {
    const [kind, till = "", ...numbers] = line.split(" ");
    if (kind !== "effect") return;
    const [number = -1, began = 0, ended = 0] = numbers.map(Number);
    const effects = this.#byTill.get(till) ?? [];
    this.#byTill.set(till, effects);
    effects.push({ server, number, began, ended });
    this.count++;
  }

  /**
   * @param payments how many payments each till has.
   * @param unlucky the servers that were killed or frozen: only what they had in hand may have been done twice.
   * @throws AssertionError for an effect that is missing, twice without reason, out of order, or in two hands at once.
   */
  check(payments: ReadonlyMap<string, number>, unlucky: ReadonlySet<string>): void {
    for (const [till, count] of payments) {
      const effects = [...(this.#byTill.get(till) ?? [])].sort((a, b) => a.began - b.began);
      const first = new Map<number, Effect>();
      for (const effect of effects) {
        const known = first.get(effect.number);
        if (known === undefined) first.set(effect.number, effect);
        else {
          this.repeated++;
          ok(
            unlucky.has(known.server) || unlucky.has(effect.server),
            `payment ${effect.number} of ${till} was done by ${known.server} and again by ${effect.server}`,
          );
        }
      }
      const expected = Array.from({ length: count }, (_, number) => number);
      deepEqual([...first.keys()], expected, `the effects of ${till}, each once and in order`);
      refuseOverlaps(till, effects, unlucky);
    }
  }
}

/** Two servers never work at one till at the same time, unless one of them was frozen meanwhile. */
function refuseOverlaps(till: string, effects: readonly Effect[], unlucky: ReadonlySet<string>): void {
  const regular = effects.filter(({ server }) => !unlucky.has(server));
  for (const [index, effect] of regular.entries()) {
    const before = regular[index - 1];
    if (before !== undefined && effect.began < before.ended)
      throw new Error(`${till} was in two hands: ${JSON.stringify(before)} and ${JSON.stringify(effect)}`);
  }
}
