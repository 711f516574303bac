import { pathInWords } from "../wording/in-words";
import { isForbiddenKey, isTable, mapValues, pathId, type SettingPath, type Table, valueAt } from "./setting-path";
import { type FilledFrom, fillVariables, type VariableFault } from "./variables";

/** Knows the place and the variables of settings, for messages about them. */
export interface SettingsOrigin {
  /** Returns a fault: the place of the setting, its name, and the predicate. */
  fault(path: SettingPath, predicate: string): string;
  /** Returns the variables that the text of a setting was filled from, if it was filled. */
  filledFrom(path: SettingPath): FilledFrom | undefined;
}

export interface SettingsPlace {
  fault(path: SettingPath, predicate: string): string;
}

/** The settings of one place (the file, an overlay, the code) with their variables filled in, and the faults found so far. */
export interface SettingsLayer extends SettingsOrigin {
  /** The name of the overlay; absent for the file and the code. */
  readonly overlay?: string;
  /** True for settings in force. An overlay is in force only where DOMAIN_ENV names it. */
  readonly isInForce: boolean;
  /** The settings before variables were filled in. */
  readonly written: Table;
  readonly settings: Table;
  readonly unset: readonly VariableFault[];
  readonly faults: readonly string[];
}

/** Returns the layer of the file's own settings, or of an overlay in it. */
export function fileLayer(
  written: Table,
  place: SettingsPlace,
  options: { readonly overlay?: string; readonly env?: NodeJS.ProcessEnv },
): SettingsLayer {
  const faults: string[] = [];
  const storable = mapValues(written, (value, path) => {
    const predicate = unfit(value);
    if (predicate === undefined) return value;
    faults.push(place.fault(path, predicate));
    return undefined;
  });
  const { settings, filled, unset, malformed } = fillVariables(storable, options.env);
  faults.push(...malformed.map(({ path, predicate }) => place.fault(path, predicate)));
  return {
    ...(options.overlay !== undefined && { overlay: options.overlay }),
    isInForce: options.env !== undefined,
    written,
    settings,
    unset,
    faults,
    fault: (path, predicate) => place.fault(path, predicate),
    filledFrom: (path) => filled.get(pathId(path)),
  };
}

/** Says why no setting takes a value that TOML knows; undefined for a value that one may take. */
function unfit(value: unknown): string | undefined {
  if (typeof value === "bigint") {
    return `is a whole number beyond ${Number.MAX_SAFE_INTEGER}, which cannot be held exactly`;
  }
  return value instanceof Date ? "is a date or time, which no setting takes; write it in quotes" : undefined;
}

/** Returns the layer of the settings in code. Variables in its texts are not filled in: code reads its environment itself. */
export function codeLayer(overrides: unknown): SettingsLayer {
  const place: SettingsPlace = {
    fault: (path, predicate) => `${pathInWords(["config", ...path])}: ${predicate}`,
  };
  const faults: string[] = [];
  const written = isTable(overrides) ? mapValues(overrides, (value) => value) : {};
  if (!isTable(overrides)) faults.push(place.fault([], "must be an object of settings"));
  const settings = withoutForbiddenKeys(written, [], (path) =>
    faults.push(place.fault(path, "is not allowed as a key")),
  );
  return {
    isInForce: true,
    written: settings,
    settings,
    unset: [],
    faults,
    fault: place.fault,
    filledFrom: () => undefined,
  };
}

function withoutForbiddenKeys(table: Table, at: SettingPath, refuse: (path: SettingPath) => void): Table {
  const allowed = Object.entries(table).filter(([key]) => {
    if (isForbiddenKey(key)) refuse([...at, key]);
    return !isForbiddenKey(key);
  });
  return Object.fromEntries(
    allowed.map(([key, value]) => [key, isTable(value) ? withoutForbiddenKeys(value, [...at, key], refuse) : value]),
  );
}

/** True for a layer that has a value at the path, or that replaces a table around the path by another value. */
export function overrides(layer: SettingsLayer, path: SettingPath): boolean {
  for (let depth = 1; depth <= path.length; depth++) {
    const value = valueAt(layer.written, path.slice(0, depth));
    if (value === undefined) return false;
    if (!isTable(value)) return true;
  }
  return true;
}

/** Merges tables and replaces everything else. */
export function merge(lower: Table, upper: Table): Table {
  const merged = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    const below = Object.hasOwn(merged, key) ? merged[key] : undefined;
    merged[key] = isTable(value) && isTable(below) ? merge(below, value) : value;
  }
  return merged;
}
