import { inWords, isTable, type SettingPath, valueAt } from "./setting-path";
import { overrides, type SettingsLayer, type SettingsOrigin } from "./settings-layer";
import type { FilledFrom } from "./variables";

/** An aggregate or event as the configuration names it, in one of the places that settings come from. */
export interface Mention {
  readonly name: string;
  fault(predicate: string): string;
}

/** An event that a rule waits for. */
export interface EventMention extends Mention {
  /** The aggregate whose rule it is; absent for a domain-wide one. */
  readonly aggregate?: string;
}

/** Knows for each setting in force which place it comes from. Shows none of them when it is printed. */
export class ConfigOrigin implements SettingsOrigin {
  readonly #inForce: readonly SettingsLayer[];
  readonly #all: readonly SettingsLayer[];

  /**
   * @param inForce the later ones win.
   * @param all those and the overlays that are not in force.
   */
  constructor(inForce: readonly SettingsLayer[], all: readonly SettingsLayer[]) {
    this.#inForce = inForce;
    this.#all = all;
  }

  /** A setting that is missing is placed with the table that misses it. */
  fault(path: SettingPath, predicate: string): string {
    for (let depth = path.length; depth > 0; depth--) {
      const layer = this.#layerOf(path.slice(0, depth));
      if (layer !== undefined) return layer.fault(path, predicate);
    }
    return `${inWords(path)} ${predicate}`;
  }

  filledFrom(path: SettingPath): FilledFrom | undefined {
    return this.#layerOf(path)?.filledFrom(path);
  }

  /** Every aggregate that is named, in overlays that are not in force too. */
  aggregateMentions(): readonly Mention[] {
    return this.#all.flatMap((layer) =>
      aggregateNames(layer).map((name) => ({
        name,
        fault: (predicate: string) => layer.fault(["snapshots", "aggregates", name], predicate),
      })),
    );
  }

  /** Every event that a rule names, in overlays that are not in force too. */
  eventMentions(): readonly EventMention[] {
    return this.#all.flatMap((layer) => {
      const owners = [undefined, ...aggregateNames(layer)];
      return owners.flatMap((aggregate) => {
        const table = aggregate === undefined ? ["snapshots"] : ["snapshots", "aggregates", aggregate];
        const names = valueAt(layer.settings, [...table, "after_events"]);
        return (Array.isArray(names) ? (names as string[]) : [])
          .map((name, index) => ({
            name,
            ...(aggregate !== undefined && { aggregate }),
            fault: (predicate: string) => layer.fault([...table, "after_events", index], predicate),
          }))
          .filter(({ name }) => layer.isInForce || !name.includes("${"));
      });
    });
  }

  #layerOf(path: SettingPath): SettingsLayer | undefined {
    return this.#inForce.findLast((layer) => overrides(layer, path));
  }
}

function aggregateNames(layer: SettingsLayer): readonly string[] {
  const aggregates = valueAt(layer.written, ["snapshots", "aggregates"]);
  return Object.keys(isTable(aggregates) ? aggregates : {});
}
