import { mapValues, pathId, type SettingPath, type Table } from "./setting-path";

/** The source of the text of a setting. */
export interface FilledFrom {
  /** The environment variables in the text, with those whose default was taken. */
  readonly variables: readonly string[];
  /** True for the text `"${NAME}"` alone: its value may stand for a number or a boolean. */
  readonly wholly: boolean;
  /** True where no variable in the text was set. */
  readonly isDefault: boolean;
}

interface Filling {
  readonly settings: Table;
  /** The sources of filled texts, by `pathId`. */
  readonly filled: ReadonlyMap<string, FilledFrom>;
  /** Faults about variables that are not set. */
  readonly unset: readonly VariableFault[];
  /** Faults about `${` that starts no reference. */
  readonly malformed: readonly VariableFault[];
}

export interface VariableFault {
  readonly path: SettingPath;
  readonly predicate: string;
}

/** Matches `$${`, a reference with its name and default, or another `${`. */
const REFERENCE = /\$\$\{|\$\{([A-Za-z_]\w*)(?:\|([^}]*))?\}|\$\{/g;

/**
 * Replaces each `${NAME}` and `${NAME|default}` in the texts of a table by the value of the environment variable. A `${` in that
 * value stays as it is. A text that cannot be filled is left out.
 *
 * @param env undefined for an overlay that is not in force: every text with a reference is left out.
 */
export function fillVariables(table: Table, env: NodeJS.ProcessEnv | undefined): Filling {
  const filled = new Map<string, FilledFrom>();
  const unset: VariableFault[] = [];
  const malformed: VariableFault[] = [];
  const fill = (text: string, path: SettingPath): string | undefined => {
    const variables: string[] = [];
    const missing: VariableFault[] = [];
    let isDefault = true;
    let isMalformed = false;
    const result = text.replace(REFERENCE, (all: string, name: string | undefined, fallback: string | undefined) => {
      if (all === "$${") return "${";
      if (name === undefined) {
        isMalformed = true;
        return all;
      }
      variables.push(name);
      const value = env !== undefined && Object.hasOwn(env, name) ? env[name] : undefined;
      if (value !== undefined) isDefault = false;
      else if (fallback === undefined) missing.push({ path, predicate: unsetPredicate(name) });
      return value ?? fallback ?? "";
    });
    if (isMalformed) malformed.push({ path, predicate: MALFORMED });
    if (env !== undefined) unset.push(...missing);
    if (isMalformed || missing.length > 0 || (env === undefined && variables.length > 0)) return undefined;
    const wholly = variables.length === 1 && /^\$\{[^}]*\}$/.test(text);
    if (variables.length > 0) filled.set(pathId(path), { variables, wholly, isDefault });
    return result;
  };
  const settings = mapValues(table, (value, path) => (typeof value === "string" ? fill(value, path) : value));
  return { settings, filled, unset, malformed };
}

function unsetPredicate(name: string): string {
  return `needs the environment variable ${name}, which is not set; set it, or write a default: \${${name}|...}`;
}

const MALFORMED = `holds a "\${" that starts no variable; write \${NAME} or \${NAME|default}, or $\${ for the characters`;
