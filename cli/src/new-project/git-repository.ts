import { spawnSync } from "node:child_process";

/** Makes a folder a repository, unless it lies in one. @returns false where git is missing or refuses. */
export function makeRepository(folder: string): boolean {
  const git = (...args: readonly string[]) => spawnSync("git", args, { cwd: folder, stdio: "ignore" }).status === 0;
  return git("rev-parse", "--is-inside-work-tree") || git("init", "--quiet");
}
