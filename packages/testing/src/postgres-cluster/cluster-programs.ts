import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { serverBinaries } from "../postgres-server/server-binaries";

/** Paths of what a cluster runs. */
export interface ClusterPrograms {
  readonly etcd: string;
  readonly patroni: string;
  readonly haproxy: string;
  /** The folder of PostgreSQL's own programs. */
  readonly postgres: string;
}

/** What Patroni calls. A server without the package of its clients has no `psql`. */
const OF_POSTGRESQL = ["initdb", "postgres", "pg_ctl", "pg_controldata", "pg_basebackup", "pg_rewind", "psql"];
/** Modules that Patroni imports only once it runs, by the name of their Debian package. */
const MODULES = { "python3-etcd": ["etcd"], "python3-psycopg2": ["psycopg2", "psycopg"] };
/** Where servers stand; a user's PATH may lack it. */
const FOLDERS_OF_SERVERS = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** Finds the programs of a cluster. What is missing is named by its Debian package. */
export function clusterPrograms(): { readonly programs: ClusterPrograms; readonly missing: readonly string[] } {
  const programs = {
    etcd: onPath("etcd"),
    patroni: onPath("patroni"),
    haproxy: onPath("haproxy"),
    postgres: serverBinaries().find((folder) => OF_POSTGRESQL.every((name) => existsSync(join(folder, name)))),
  };
  const packages = { etcd: "etcd-server", patroni: "patroni", haproxy: "haproxy", postgres: "postgresql-15" };
  const missing = [
    // A machine's processes are found in /proc.
    ...(process.platform === "linux" ? [] : ["Linux"]),
    ...Object.entries(packages).flatMap(([name, debian]) =>
      programs[name as keyof ClusterPrograms] === undefined ? [debian] : [],
    ),
    ...(programs.patroni === undefined ? [] : missingModules(programs.patroni)),
  ];
  return { programs: programs as ClusterPrograms, missing };
}

/** Asks the interpreter that Patroni's first line names. */
function missingModules(patroni: string): string[] {
  const [interpreter, ...options] = /^#!\s*(.+)/.exec(readFileSync(patroni, "utf8"))?.[1]?.trim().split(/\s+/) ?? [];
  if (interpreter === undefined) return [];
  const finds = (module: string) =>
    spawnSync(interpreter, [...options, "-c", `import ${module}`], { cwd: "/" }).status === 0;
  return Object.entries(MODULES).flatMap(([debian, modules]) => (modules.some(finds) ? [] : [debian]));
}

function onPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...FOLDERS_OF_SERVERS];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
