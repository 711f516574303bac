import { statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";

import type { Diagnosis } from "@tidemark/core/adapter";

import type { Database, Driver } from "./drivers/database";
import { diskSpace, fileSystem, walSize } from "./file-diagnosis";
import { type DatabaseFile, IN_MEMORY, readStored } from "./open-database";
import { SCHEMA_VERSION, versionIn } from "./schema";

/** What is told of a store by its database. */
interface DatabaseFacts {
  readonly sqliteVersion: string;
  /** `full`, `normal`, `off`, `extra`. */
  readonly synchronous: string;
  /** `wal` and others; undefined where there is no file yet. */
  readonly journalMode?: string | undefined;
  /** 0 where there is no file yet, or nothing in it. */
  readonly schemaVersion: number;
}

/** The names of the pragma's numbers. */
const SYNCHRONOUS = ["off", "normal", "full", "extra"];

/** Reads what an open database tells of itself. @param store in words, for messages. */
export function factsOf(database: Database, store: string): DatabaseFacts {
  return {
    // The first statement that reads the file: only then its mode is known.
    schemaVersion: versionIn(database, store),
    sqliteVersion: String(database.values("SELECT sqlite_version()").get()),
    synchronous: SYNCHRONOUS[Number(database.pragma("synchronous"))] ?? "full",
    journalMode: String(database.pragma("journal_mode")),
  };
}

/** Reads what a file that is not open tells of itself, and changes nothing. */
export function storedFacts(driver: Driver, file: DatabaseFile): DatabaseFacts {
  const { synchronous, description } = file;
  const stored = readStored(driver, file, (database) => factsOf(database, description));
  if (stored !== undefined) return { ...stored, synchronous };
  const database = driver.open(IN_MEMORY, { lockWaitMs: 0 });
  try {
    const { sqliteVersion } = factsOf(database, description);
    return { sqliteVersion, synchronous, schemaVersion: 0 };
  } finally {
    database.close();
  }
}

/** Looks for what endangers the events of a file: how it is written, what it lies on, and what reads it. */
export async function diagnoseFile(path: string, facts: DatabaseFacts): Promise<readonly Diagnosis[]> {
  // Nothing outlives the process anyway.
  if (path === IN_MEMORY) return [sqliteVersion(facts)];
  const { type, bavail, bsize } = await statfs(nearestFolder(path));
  const walBytes = sizeOf(`${path}-wal`);
  return [
    schema(facts),
    synchronous(facts),
    ...journalMode(facts),
    ...fileSystem(type),
    diskSpace(bavail * bsize, walBytes),
    walSize(path, walBytes),
    sqliteVersion(facts),
  ];
}

function schema({ schemaVersion }: DatabaseFacts): Diagnosis {
  const name = "schema";
  if (schemaVersion === SCHEMA_VERSION)
    return { name, verdict: "fine", finding: `Its version is ${schemaVersion}, the one of this code.` };
  const migrate = { name, verdict: "warning", advice: "domain eventstore migrate" } as const;
  if (schemaVersion === 0) return { ...migrate, finding: "There are no tables yet; the next start makes them too." };
  if (schemaVersion < SCHEMA_VERSION)
    return {
      ...migrate,
      finding: `Its version is ${schemaVersion}; the next start brings it to version ${SCHEMA_VERSION}.`,
    };
  return {
    name,
    verdict: "warning",
    finding: `Its version is ${schemaVersion}, newer than the ${SCHEMA_VERSION} that this code knows, which does not open it.`,
    advice: "Upgrade @tidemark/sqlite.",
  };
}

function synchronous({ synchronous }: DatabaseFacts): Diagnosis {
  const name = "synchronous";
  const advice = 'Set synchronous = "full" in [event_store], or leave it out.';
  switch (synchronous) {
    case "off":
      return {
        name,
        verdict: "danger",
        finding: "It is off: nothing is flushed to the disk, and a loss of power may damage the whole file.",
        advice,
      };
    case "normal":
      return {
        name,
        verdict: "warning",
        finding:
          "It is normal: acknowledged events survive a crash of the process, and a loss of power may take the last ones.",
        advice,
      };
    default:
      return {
        name,
        verdict: "fine",
        finding: `It is ${synchronous}: a commit is on the disk when it is acknowledged.`,
      };
  }
}

function journalMode({ journalMode }: DatabaseFacts): readonly Diagnosis[] {
  const name = "journal_mode";
  if (journalMode === undefined) return [];
  if (journalMode === "wal")
    return [{ name, verdict: "fine", finding: "It is wal: readers and a writer do not wait for each other." }];
  return [
    {
      name,
      verdict: "warning",
      finding: `It is ${journalMode}: another program has changed it, and readers and writers wait for each other.`,
      advice: "The next start sets it to wal; keep other programs from changing it.",
    },
  ];
}

/** Below this, STRICT tables are missing. */
const OLDEST = [3, 37, 0];
/** The versions that have no fault by which a checkpoint and a writer of two connections damage a file; see "WAL-reset bug" in https://sqlite.org/wal.html. */
const CORRECTED = [
  [3, 44, 6],
  [3, 50, 7],
  [3, 51, 3],
];

function sqliteVersion({ sqliteVersion }: DatabaseFacts): Diagnosis {
  const name = "sqlite_version";
  const version = sqliteVersion.split(".").map(Number);
  const advice = "Upgrade better-sqlite3; or Node, for its own SQLite.";
  if (compare(version, OLDEST) < 0)
    return {
      name,
      verdict: "danger",
      finding: `It is ${sqliteVersion}; this store needs ${OLDEST.join(".")} or newer.`,
      advice,
    };
  const isCorrected =
    compare(version, CORRECTED.at(-1)!) >= 0 ||
    CORRECTED.some((each) => each[1] === version[1] && compare(version, each) >= 0);
  if (isCorrected) return { name, verdict: "fine", finding: `It is ${sqliteVersion}.` };
  return {
    name,
    verdict: "warning",
    finding: `It is ${sqliteVersion}: in rare cases two processes that write the file at the same moment damage it (SQLite's "WAL-reset bug", corrected in 3.51.3).`,
    advice,
  };
}

function compare(left: readonly number[], right: readonly number[]): number {
  const index = right.findIndex((number, place) => left[place] !== number);
  return index < 0 ? 0 : (left[index] ?? 0) - right[index]!;
}

/** A file that does not exist yet comes to lie in this folder, or in one that is made in it. */
function nearestFolder(path: string): string {
  let folder = dirname(path);
  while (statSync(folder, { throwIfNoEntry: false }) === undefined && folder !== dirname(folder))
    folder = dirname(folder);
  return folder;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
