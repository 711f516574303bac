import type { Diagnosis } from "@tidemark/core/adapter";

import { changeOfSetting } from "./change-of-setting";
import type { Facts } from "./facts";
import { danger, fine, unknown, warning } from "./verdicts";

/** Looks at what decides whether a commit is on the disks when it is acknowledged, and still there after a crash. */
export function durability(facts: Facts): readonly Diagnosis[] {
  return [synchronousCommit(facts), fsync(facts), fullPageWrites(facts), ...unlogged(facts)];
}

function synchronousCommit(facts: Facts): Diagnosis {
  const name = "synchronous_commit";
  const value = settingOf(facts, name);
  const hasSynchronousStandbys = settingOf(facts, "synchronous_standby_names") !== "";
  const on = changeOfSetting(facts, name, "on");
  switch (value) {
    case undefined:
      return notShown(name);
    case "off":
      return danger(
        name,
        "It is off: commits are acknowledged before they are on the server's disk, and a crash loses the last ones.",
        on,
      );
    case "local":
      if (!hasSynchronousStandbys) break;
      return warning(
        name,
        "It is local: commits are acknowledged before the synchronous standby has them, and are lost with the server's machine.",
        on,
      );
    case "remote_write":
      if (!hasSynchronousStandbys) break;
      return warning(
        name,
        "It is remote_write: commits are acknowledged before they are on the standby's disk, and are lost where the standby's machine fails together with the server's.",
        on,
      );
  }
  const disks = hasSynchronousStandbys ? "on the disks of the server and of a standby" : "on the server's disk";
  return fine(name, `It is ${value}: a commit is ${disks} when it is acknowledged.`);
}

function fsync(facts: Facts): Diagnosis {
  const name = "fsync";
  const value = settingOf(facts, name);
  if (value === undefined) return notShown(name);
  return value === "on"
    ? fine(name, "It is on: what is committed is flushed to the disk.")
    : danger(
        name,
        "It is off: nothing is flushed to the disk, and a crash of the machine may lose the whole database.",
        changeOfSetting(facts, name, "on"),
      );
}

function fullPageWrites(facts: Facts): Diagnosis {
  const name = "full_page_writes";
  const value = settingOf(facts, name);
  if (value === undefined) return notShown(name);
  return value === "on"
    ? fine(name, "It is on: pages that a crash leaves half-written are restored.")
    : danger(
        name,
        "It is off: a page that a crash of the machine leaves half-written stays damaged, with the events in it.",
        changeOfSetting(facts, name, "on"),
      );
}

function unlogged({ unlogged = [] }: Facts): readonly Diagnosis[] {
  if (unlogged.length === 0) return [];
  return [
    danger(
      "unlogged_tables",
      `A crash of the server empties ${unlogged.join(", ")}, and no standby has them: they are unlogged.`,
      "Make each of them logged again: ALTER TABLE … SET LOGGED;",
    ),
  ];
}

/** Looks at what helps when a disk is damaged or a machine is lost. */
export function precautions(facts: Facts): readonly Diagnosis[] {
  return [walLevel(facts), dataChecksums(facts), autovacuum(facts)];
}

function walLevel(facts: Facts): Diagnosis {
  const name = "wal_level";
  const value = settingOf(facts, name);
  if (value === undefined) return notShown(name);
  return value === "minimal"
    ? warning(
        name,
        "It is minimal: neither a standby nor a continuous backup can follow the server.",
        changeOfSetting(facts, name, "replica").replace("SELECT pg_reload_conf();", "then restart the server."),
      )
    : fine(name, `It is ${value}: standbys and continuous backups can follow the server.`);
}

function dataChecksums(facts: Facts): Diagnosis {
  const name = "data_checksums";
  const value = settingOf(facts, name);
  if (value === undefined) return notShown(name);
  return value === "on"
    ? fine(name, "They are on: the server notices a page that its disk has damaged.")
    : warning(
        name,
        "They are off: damage by the disk is noticed in the rows of events and snapshots alone, not in indexes and other tables.",
        "Stop the server, run pg_checksums --enable, and start it again.",
      );
}

function autovacuum(facts: Facts): Diagnosis {
  const name = "autovacuum";
  const value = settingOf(facts, name);
  if (value === undefined) return notShown(name);
  const off = [name, "track_counts"].find((setting) => settingOf(facts, setting) === "off");
  return off === undefined
    ? fine(name, "It is on: space of old rows is used again.")
    : warning(
        name,
        `${off === name ? "It" : off} is off: tables grow with each change of a row, and the server stops taking writes once its transaction ids run out.`,
        changeOfSetting(facts, off, "on"),
      );
}

function settingOf({ settings }: Facts, name: string): string | undefined {
  return settings?.[name]?.value;
}

function notShown(name: string): Diagnosis {
  return unknown(name, "The server does not show this setting to this role.", `As a superuser: SHOW ${name};`);
}
