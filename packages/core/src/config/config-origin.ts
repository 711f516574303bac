import { pathInWords } from "../wording/in-words";
import { AGGREGATE_KEYS, SUBSCRIPTION_KEYS } from "./config-schema";
import { isTable, type SettingPath, valueAt } from "./setting-path";
import { overrides, type SettingsLayer, type SettingsOrigin } from "./settings-layer";
import type { FilledFrom } from "./variables";

/** The name of an aggregate, event or subscription in the configuration, at one place. */
interface Mention {
  readonly name: string;
  fault(predicate: string): string;
}

/** The name of an event in a rule. */
interface EventMention extends Mention {
  /** The aggregate that the rule is about; absent for a domain-wide rule. */
  readonly aggregate?: string;
}

/** Knows the place of each setting in force. Its fields are private, so that printing it shows no secret. */
export class ConfigOrigin implements SettingsOrigin {
  readonly #inForce: readonly SettingsLayer[];
  readonly #all: readonly SettingsLayer[];

  /**
   * @param inForce layers of which the later ones win.
   * @param all these layers, and the overlays that are not in force.
   */
  constructor(inForce: readonly SettingsLayer[], all: readonly SettingsLayer[]) {
    this.#inForce = inForce;
    this.#all = all;
  }

  /** Places a missing setting at the table in which it is missing. */
  fault(path: SettingPath, predicate: string): string {
    for (let depth = path.length; depth > 0; depth--) {
      const layer = this.#layerOf(path.slice(0, depth));
      if (layer !== undefined) return layer.fault(path, predicate);
    }
    return `${pathInWords(path)} ${predicate}`;
  }

  filledFrom(path: SettingPath): FilledFrom | undefined {
    return this.#layerOf(path)?.filledFrom(path);
  }

  /** Lists every aggregate that the configuration names, in overlays that are not in force too. */
  aggregateMentions(): readonly Mention[] {
    return [...this.#mentionsIn(["snapshots", "aggregates"]), ...this.keptEventsMentions()];
  }

  /** Lists every aggregate that has a table in `[aggregates]`, in overlays that are not in force too. */
  keptEventsMentions(): readonly Mention[] {
    return this.#mentionsIn(["aggregates"]).filter(({ name }) => !AGGREGATE_KEYS.includes(name));
  }

  /** Lists where `[aggregates]` says how long the events of all aggregates are kept, in overlays that are not in force too. */
  keptEventsOfAll(): readonly Mention[] {
    return this.#mentionsIn(["aggregates"]).filter(({ name }) => name === "keep_events");
  }

  /** Lists every subscription that the configuration names, in overlays that are not in force too. */
  subscriptionMentions(): readonly Mention[] {
    return this.#mentionsIn(["subscriptions"]).filter(({ name }) => !SUBSCRIPTION_KEYS.includes(name));
  }

  /** Lists every event that a rule names, in overlays that are not in force too. */
  eventMentions(): readonly EventMention[] {
    return this.#all.flatMap((layer) => {
      const owners = [undefined, ...namesIn(layer, ["snapshots", "aggregates"])];
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

  /** The keys of a table are names. */
  #mentionsIn(table: SettingPath): readonly Mention[] {
    return this.#all.flatMap((layer) =>
      namesIn(layer, table).map((name) => ({
        name,
        fault: (predicate: string) => layer.fault([...table, name], predicate),
      })),
    );
  }

  #layerOf(path: SettingPath): SettingsLayer | undefined {
    return this.#inForce.findLast((layer) => overrides(layer, path));
  }
}

function namesIn(layer: SettingsLayer, table: SettingPath): readonly string[] {
  const named = valueAt(layer.written, table);
  return Object.keys(isTable(named) ? named : {});
}
