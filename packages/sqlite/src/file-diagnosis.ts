import type { Diagnosis } from "@tidemark/core/adapter";

/** Magic numbers of file systems on Linux, see statfs(2), that other machines share. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB 2"],
  [0x5346414f, "AFS"],
  [0x00c36400, "Ceph"],
  [0x01021997, "9P"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x19830326, "BeeGFS"],
  [0x01161970, "GFS2"],
  [0x7461636f, "OCFS2"],
]);
/** File systems in memory. */
const MEMORY: ReadonlyMap<number, string> = new Map([
  [0x01021994, "tmpfs"],
  [0x858458f6, "ramfs"],
]);
const FUSE = 0x65735546;

const NAME = "file_system";
const ADVICE = "Let path name a file on a local disk.";

/**
 * Says what kind of file system the file lies on. Systems other than Linux number them in ways that change.
 * @param type as `fs.statfs` gives it.
 */
export function fileSystem(type: number, platform = process.platform): readonly Diagnosis[] {
  if (platform !== "linux") return [];
  const number = type >>> 0;
  const network = NETWORK.get(number);
  if (network !== undefined)
    return [
      {
        name: NAME,
        verdict: "danger",
        finding: `The file lies on ${network}, which other machines share: its locks are not those that SQLite needs, and the file may be damaged.`,
        advice: ADVICE,
      },
    ];
  const memory = MEMORY.get(number);
  if (memory !== undefined)
    return [
      {
        name: NAME,
        verdict: "danger",
        finding: `The file lies on ${memory}, which is memory: it is gone when the machine starts again.`,
        advice: ADVICE,
      },
    ];
  if (number === FUSE)
    return [
      {
        name: NAME,
        verdict: "unknown",
        finding: "The file lies on a FUSE file system, which may be a local disk or a network.",
        advice: "See what mounts it: df -T",
      },
    ];
  return [{ name: NAME, verdict: "fine", finding: "The file lies on no network, as far as the system says." }];
}

const MEGABYTE = 1_000_000;
/** What a store needs for a burst of writes and the checkpoint after it. */
const LEAST_FREE = 100 * MEGABYTE;
/** Without a reader in the way it stays at some 16 MB. */
const LARGE_WAL = 64 * MEGABYTE;

/** Says whether there is room for the write-ahead log, and for what it holds in the file. */
export function diskSpace(freeBytes: number, walBytes: number): Diagnosis {
  const name = "disk_space";
  const finding = `${inMegabytes(freeBytes)} are free`;
  if (freeBytes >= LEAST_FREE + walBytes) return { name, verdict: "fine", finding: `${finding}.` };
  return {
    name,
    verdict: "warning",
    finding: `${finding}: appends fail once the write-ahead log finds no room, or a checkpoint none to move it into the file.`,
    advice: "Make room on this disk, or move the file to a larger one while nothing has it open.",
  };
}

/** Says whether the write-ahead log has grown, because something keeps it from being moved into the file. */
export function walSize(path: string, walBytes: number): Diagnosis {
  const name = "wal_size";
  if (walBytes < LARGE_WAL)
    return { name, verdict: "fine", finding: `The write-ahead log takes ${inMegabytes(walBytes)}.` };
  return {
    name,
    verdict: "warning",
    finding: `The write-ahead log takes ${inMegabytes(walBytes)}: a process that reads without an end keeps it from being moved into the file, or there was one.`,
    advice: `End that process, and run: sqlite3 ${JSON.stringify(path)} "PRAGMA wal_checkpoint(TRUNCATE)"`,
  };
}

function inMegabytes(bytes: number): string {
  return `${Math.ceil(bytes / MEGABYTE).toLocaleString("en-US")} MB`;
}
