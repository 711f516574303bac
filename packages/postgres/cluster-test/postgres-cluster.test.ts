import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

import { bundledFixture } from "../test/bundled-fixture";

const start = bundledFixture("start-cluster");

it("ends with the program that started it, though that was killed", async () => {
  const program = start();
  let folder: string;
  try {
    const [printed] = await once(program.stdout!, "data");
    folder = String(printed).trim();
    expect(processesOf(folder)).toEqual(expect.arrayContaining(["etcd", "haproxy", "patroni", "postgres"]));
  } finally {
    program.kill("SIGKILL");
  }
  while (existsSync(folder)) await pause(100);
  expect(processesOf(folder)).toEqual([]);
});

/** The names of the processes that work in a folder. */
function processesOf(folder: string): readonly string[] {
  const find = ["/proc", "-mindepth", "2", "-maxdepth", "2", "-name", "cwd", "-lname", `${folder}/*`];
  const found = execFileSync("sh", ["-c", 'find "$@" 2> /dev/null || true', "find", ...find], { encoding: "utf8" });
  const pids = [...found.matchAll(/\d+/g)].map(([pid]) => pid);
  if (pids.length === 0) return [];
  const files = pids.map((pid) => `/proc/${pid}/comm`);
  const names = execFileSync("sh", ["-c", 'cat "$@" 2> /dev/null || true', "cat", ...files], { encoding: "utf8" });
  return [...new Set(names.trim().split("\n"))].sort();
}
