/** Loads the framework at its first use, because help and refused calls need none of it. */
export function core(): typeof import("@tidemark/core") {
  return require("@tidemark/core");
}
