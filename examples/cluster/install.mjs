// `npm run cluster:install`: installs what a PostgreSQL cluster consists of, for `npm run example:cluster` and `npm run test:cluster`.
//
// It needs no build and reads nothing from standard input.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What is needed: a name for people, how it is found, and its package on Debian and Ubuntu. */
const PARTS = [
  { name: "Patroni", package: "patroni", isThere: () => isOnPath("patroni") },
  { name: "etcd", package: "etcd-server", isThere: () => isOnPath("etcd") },
  { name: "etcdctl", package: "etcd-client", isThere: () => isOnPath("etcdctl") },
  { name: "HAProxy", package: "haproxy", isThere: () => isOnPath("haproxy") },
  { name: "Patroni's module for etcd", package: "python3-etcd", isThere: () => canImport("etcd") },
  { name: "Patroni's module for PostgreSQL", package: "python3-psycopg2", isThere: () => canImport("psycopg2") },
  // The package without a number is the version of the release: 15 on Debian 12.
  { name: "a PostgreSQL server", package: "postgresql", isThere: hasServer },
];

/** What an installation switches on at every start of the machine. */
const SERVICES = {
  patroni: "patroni.service",
  "etcd-server": "etcd.service",
  haproxy: "haproxy.service",
  postgresql: "postgresql.service",
};

/**
 * Keeps the new services off while packages are installed. Debian starts them otherwise, and an etcd, a HAProxy and a PostgreSQL would run
 * that nobody has asked for. What is there already is not touched.
 */
const INSTALL = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends "$@"
`;

const DISABLE = `
for service in "$@"; do systemctl disable --now --quiet "$service" || true; done
`;

process.exitCode = main();

function main() {
  const missing = PARTS.filter(({ isThere }) => !isThere());
  if (missing.length === 0) {
    console.log("All that a cluster needs is installed already: npm run example:cluster");
    return 0;
  }
  const names = missing.map(({ name }) => name).join(", ");
  if (process.platform !== "linux" || !isDebian()) return explain(names);

  const packages = missing.map((part) => part.package);
  console.log(`Missing: ${names}. Installing ${packages.join(" ")}`);
  if (asRoot(INSTALL, packages) !== 0) {
    console.error(`The installation has failed; see above. By hand: sudo apt-get install ${packages.join(" ")}`);
    return 1;
  }
  const left = PARTS.filter(({ isThere }) => !isThere());
  if (left.length > 0) {
    console.error(`Still missing after the installation: ${left.map(({ name }) => name).join(", ")}`);
    return 1;
  }
  const services = packages.flatMap((name) => SERVICES[name] ?? []);
  console.log("Installed.");
  if (services.length > 0) {
    if (existsSync("/run/systemd/system")) asRoot(DISABLE, services);
    console.log(
      `The example and the tests start servers of their own: ${services.join(", ")} are off. To use one of them: sudo systemctl enable --now <service>`,
    );
  }
  console.log("Now: npm run example:cluster");
  return 0;
}

/** Says what to do where this program cannot install. @returns the exit status. */
function explain(names) {
  const system = { darwin: "macOS", win32: "Windows" }[process.platform] ?? "this Linux";
  const lines = [
    `Sorry, this installs by apt-get, on Debian and Ubuntu, and ${system} is neither. Missing here: ${names}.`,
    "",
  ];
  if (process.platform === "linux")
    lines.push(
      "Install these with your own package manager. On Fedora:",
      "",
      "  sudo dnf install etcd haproxy postgresql-server pipx",
      "  pipx install 'patroni[etcd,psycopg2-binary]'",
      "",
      "etcd has to be one that knows --enable-v2: version 3.4 or 3.5.",
    );
  else
    lines.push(
      "The cluster runs on Linux only, because it finds the processes of a machine in /proc. In a container or a virtual machine of Debian it",
      "works as it does on a server:",
      "",
      '  docker run --rm -it -v "$PWD":/tidemark -w /tidemark node:22-bookworm bash',
      "  npm ci && npm run cluster:install && npm run example:cluster",
    );
  console.error(lines.join("\n"));
  return 1;
}

/** Whether the system calls itself Debian, Ubuntu, or something that is made from them, and has apt-get. */
function isDebian() {
  if (!isOnPath("apt-get") || !existsSync("/etc/os-release")) return false;
  const text = readFileSync("/etc/os-release", "utf8");
  const ids = [...text.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].flatMap(([, value]) =>
    value.replaceAll(/["']/g, "").split(/\s+/),
  );
  return ids.some((id) => id === "debian" || id === "ubuntu");
}

function isOnPath(program) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders.some((folder) => folder !== "" && existsSync(join(folder, program)));
}

/** Debian's Patroni runs with the Python of the system, whatever `python3` is first in the path. */
function canImport(module) {
  return spawnSync("/usr/bin/python3", ["-c", `import ${module}`], { cwd: "/", stdio: "ignore" }).status === 0;
}

/** Servers are not in the path on Debian. Patroni needs `psql` and `pg_rewind` beside the server. */
function hasServer() {
  const root = "/usr/lib/postgresql";
  const versions = existsSync(root) ? readdirSync(root) : [];
  return versions.some((version) =>
    ["initdb", "postgres", "pg_ctl", "pg_basebackup", "pg_rewind", "psql"].every((program) =>
      existsSync(join(root, version, "bin", program)),
    ),
  );
}

/** Runs a script of the shell as root, with arguments. @returns its exit status. */
function asRoot(script, args) {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot && !isOnPath("sudo")) {
    console.error("Installing takes root: run this as root, or install sudo.");
    return 1;
  }
  const shell = ["sh", "-c", script, "sh", ...args];
  const [program, ...rest] = isRoot ? shell : ["sudo", ...shell];
  return spawnSync(program, rest, { stdio: ["ignore", "inherit", "inherit"] }).status ?? 1;
}
