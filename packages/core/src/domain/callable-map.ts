const OF_A_MAP = ["get", "has", "keys", "values", "entries", "forEach", Symbol.iterator] as const;

/** Gives a function the members of a map. */
export function callableMap<V, F extends (...parameters: never) => unknown>(
  registered: ReadonlyMap<string, V>,
  call: F,
): F & ReadonlyMap<string, V> {
  for (const name of OF_A_MAP) Object.defineProperty(call, name, { value: registered[name].bind(registered) });
  Object.defineProperty(call, "size", { value: registered.size });
  return call as F & ReadonlyMap<string, V>;
}
