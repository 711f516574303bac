import type { Diagnosis } from "@tidemark/core/adapter";

import { changeOfSetting, grantToSee } from "./change-of-setting";
import type { Facts, StandbyFacts } from "./facts";
import { fine, unknown, warning } from "./verdicts";

/** Looks at the servers that have copies of what is acknowledged. Only the primary knows them. */
export function standbys(facts: Facts): readonly Diagnosis[] {
  if (facts.server?.isStandby) return [];
  return [synchronousStandbyNames(facts), copies(facts), ...clocks(facts)];
}

const NAMES = "synchronous_standby_names";
const COPIES = "standbys";

function synchronousStandbyNames(facts: Facts): Diagnosis {
  const { standbys } = facts;
  const value = facts.settings?.[NAMES]?.value;
  if (value === undefined || standbys === undefined || !areSeen(standbys))
    return unknown(
      NAMES,
      !value
        ? "This role cannot see whether commits wait for a standby."
        : `It is ${value}; this role cannot see what the standbys do.`,
      grantToSee(facts),
    );
  if (value === "") {
    if (standbys.length === 0) return fine(NAMES, "It is empty, and there is no standby that could be named in it.");
    return warning(
      NAMES,
      `It is empty, so commits do not wait for ${namesOf(standbys)}: the last acknowledged ones are lost with the server's machine.`,
      `${changeOfSetting(facts, NAMES, listOf(standbys))} Under Patroni: patronictl edit-config --set synchronous_mode=true`,
    );
  }
  const synchronous = standbys.filter(isSynchronous);
  const needed = neededBy(value);
  if (synchronous.length >= needed)
    return fine(
      NAMES,
      `Commits wait for ${synchronous.length > needed ? `${needed} of ` : ""}${namesOf(synchronous)}.`,
    );
  const there = synchronous.length === 0 ? "no standby of such a name" : `only ${namesOf(synchronous)} of these`;
  return warning(
    NAMES,
    `It is ${value}, and ${there} streams: commits wait until ${synchronous.length === 0 ? "one does" : "more do"}.`,
    "Start that standby, or compare the names with application_name in the primary_conninfo of your standbys.",
  );
}

/** How many standbys a commit waits for: `2` for `ANY 2 (a, b, c)`, 1 for a list of names alone. */
function neededBy(value: string): number {
  return Number(/^\s*(?:ANY|FIRST)?\s*(\d+)\s*\(/i.exec(value)?.[1] ?? 1);
}

function copies(facts: Facts): Diagnosis {
  const { standbys } = facts;
  if (standbys === undefined) return unknown(COPIES, "This role cannot see the standbys.", grantToSee(facts));
  if (standbys.length === 0)
    return warning(
      COPIES,
      "No standby streams from this server: what is acknowledged is lost with its disk. A service that keeps copies by other means does not show them here.",
      "Make a standby with pg_basebackup --write-recovery-conf, and name it in synchronous_standby_names.",
    );
  if (!areSeen(standbys))
    return unknown(
      COPIES,
      `${standbys.length} connection(s) copy the server's log; this role cannot see whether these are standbys, and how far they are.`,
      grantToSee(facts),
    );
  const late = standbys.filter(({ state }) => state !== "streaming");
  if (late.length > 0)
    return warning(
      COPIES,
      `${late.map(lateness).join("; ")}.`,
      "Wait until it has caught up; where it does not, see its log, and make it anew with pg_basebackup.",
    );
  const asynchronous = standbys.filter((standby) => !isSynchronous(standby));
  const aside =
    asynchronous.length === 0 || asynchronous.length === standbys.length
      ? ""
      : `; do not promote ${namesOf(asynchronous, "or")} by hand, since commits do not wait for it`;
  return fine(COPIES, `${namesOf(standbys)} ${standbys.length === 1 ? "streams" : "stream"}${aside}.`);
}

/** A standby answers every ten seconds as it is configured by default, and is disconnected after sixty without an answer. */
const SILENT_MS = 60_000;
const AHEAD_MS = 1_000;

function clocks({ standbys = [] }: Facts): readonly Diagnosis[] {
  const wrong = standbys.filter(
    ({ answeredMs }) => answeredMs !== null && (answeredMs < -AHEAD_MS || answeredMs > SILENT_MS),
  );
  if (wrong.length === 0) return [];
  const differences = wrong.map((standby) => {
    const seconds = Math.round(Math.abs(standby.answeredMs!) / 1_000);
    return standby.answeredMs! < 0
      ? `the clock of ${namesOf([standby])} is ${seconds} s ahead`
      : `${namesOf([standby])} has not answered for ${seconds} s, or its clock is that far behind`;
  });
  return [
    warning(
      "standby_clocks",
      `Seen from the server, ${differences.join("; ")}: timers, leases and claims go by the clock of the one that takes over.`,
      "Let NTP (chrony, systemd-timesyncd) set the clocks of all servers.",
    ),
  ];
}

/** The server shows to some roles no more than that there is a connection. */
function areSeen(standbys: readonly StandbyFacts[]): boolean {
  return standbys.every(({ state }) => state !== null);
}

function isSynchronous({ state, sync }: StandbyFacts): boolean {
  return state === "streaming" && (sync === "sync" || sync === "quorum");
}

function lateness(standby: StandbyFacts): string {
  const { state, lagBytes } = standby;
  const behind = lagBytes === null ? "" : `, ${lagBytes.toLocaleString("en-US")} bytes behind`;
  return `${namesOf([standby])} does not stream: its state is ${state}${behind}`;
}

function namesOf(standbys: readonly StandbyFacts[], word = "and"): string {
  const names = standbys.map(({ name }) => JSON.stringify(name));
  return names.length < 2 ? names.join() : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;
}

/** The value of the setting that lets each commit wait for one of the standbys. */
function listOf(standbys: readonly StandbyFacts[]): string {
  const names = standbys.map(({ name }) => `"${name!.replaceAll('"', '""')}"`);
  return `'ANY 1 (${[...new Set(names)].join(", ").replaceAll("'", "''")})'`;
}
