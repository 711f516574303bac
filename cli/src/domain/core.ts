/** The entry points of the framework. Each is loaded at its first use, because help and refused calls need none of them. */
export const core = {
  get errors(): Pick<typeof import("@tidemark/core"), "ObjectNotFoundError"> {
    return require("@tidemark/core");
  },
  get config(): typeof import("@tidemark/core/config") {
    return require("@tidemark/core/config");
  },
  get streams(): Pick<
    typeof import("@tidemark/core/adapter"),
    "commandCategory" | "isSnapshotCategory" | "parseStream"
  > {
    return require("@tidemark/core/adapter");
  },
};
