import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { findConfigFile } from "../../src/config/find-config-file";
import { folderWith, removeFolders } from "./folders";

afterEach(removeFolders);

describe("domain.toml", () => {
  it("is found in the folder itself", () => {
    const folder = folderWith({ "domain.toml": "", "a/domain.toml": "" });
    expect(findConfigFile(join(folder, "a"))).toBe(join(folder, "a/domain.toml"));
  });

  it("is found in the nearest folder above", () => {
    const folder = folderWith({ "domain.toml": "", "a/domain.toml": "", "a/b/c/x": "" });
    expect(findConfigFile(join(folder, "a/b/c"))).toBe(join(folder, "a/domain.toml"));
  });

  it("is found from a folder that does not exist", () => {
    const folder = folderWith({ "domain.toml": "" });
    expect(findConfigFile(join(folder, "gone/src"))).toBe(join(folder, "domain.toml"));
  });

  it("is not found where no folder up to the root of the file system has one", () => {
    expect(findConfigFile(folderWith({}))).toBeUndefined();
  });

  it("is found though it is a directory, so that reading it says so", () => {
    const folder = folderWith({});
    mkdirSync(join(folder, "domain.toml"));
    expect(findConfigFile(folder)).toBe(join(folder, "domain.toml"));
  });
});
