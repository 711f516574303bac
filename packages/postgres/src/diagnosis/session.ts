import type { Diagnosis } from "@tidemark/core/adapter";

import { changeOfSetting } from "./change-of-setting";
import type { Facts } from "./facts";
import { ASKED_FOR, TIMEOUTS } from "./setting-names";
import { danger, fine, warning } from "./verdicts";

/** Looks at what the connections of the store lead to, and what is in effect on them. */
export function session(facts: Facts, statementTimeoutMs: number): readonly Diagnosis[] {
  if (facts.settings === undefined) return [];
  return [isolation(facts), askedFor(facts), ...timeouts(facts, statementTimeoutMs)];
}

/** Looks whether the connections lead to a server that takes writes. */
export function primary(facts: Facts): readonly Diagnosis[] {
  const name = "primary";
  if (facts.server === undefined) return [];
  if (facts.server.isStandby)
    return [
      danger(
        name,
        "The connections lead to a standby: it takes no commands, and its readers cannot tell which events are yet to come, and miss some.",
        "Let url, or hosts, in [event_store] name the primary.",
      ),
    ];
  const setting = "default_transaction_read_only";
  if (facts.settings?.[setting]?.value === "on")
    return [
      warning(
        name,
        "The server is a primary, but transactions are read-only here, and commands fail.",
        changeOfSetting(facts, setting, "off"),
      ),
    ];
  return [fine(name, "The connections lead to a primary, which takes writes.")];
}

function isolation(facts: Facts): Diagnosis {
  const name = "default_transaction_isolation";
  const value = facts.settings![name]?.value ?? "read committed";
  return value === "read committed"
    ? fine(name, "It is read committed, as the store asks for.")
    : danger(
        name,
        `It is ${value} on these connections: functions of the schema do not see what they have waited for, and overlook what others have written.`,
        changeOfSetting(facts, name, "'read committed'"),
      );
}

/** Where the server's own value is in effect. */
const NOT_ASKED_FOR = ["default", "configuration file"];

function askedFor({ settings }: Facts): Diagnosis {
  const name = "session_settings";
  const ignored = ASKED_FOR.filter((setting) => NOT_ASKED_FOR.includes(settings![setting]?.source ?? "client"));
  return ignored.length === 0
    ? fine(name, "What the store asks for as it connects is in effect.")
    : warning(
        name,
        `The store asks for ${ignored.join(", ")} as it connects, and something on the way drops that: statements may take slow plans, and have no time limit on the server.`,
        `Set them for the role, as in ALTER ROLE … SET plan_cache_mode = force_generic_plan, or let the pooler pass "options" on.`,
      );
}

/** Shorter ones end what ordinary commands do. */
const SHORT_MS = 1_000;

const EFFECTS: Readonly<Record<(typeof TIMEOUTS)[number], string>> = {
  lock_timeout: "commands that wait for the same row fail",
  idle_in_transaction_session_timeout:
    "a transaction that waits longer between two of its statements loses its connection",
  transaction_timeout: "longer transactions, as those of domain eventstore migrate, lose their connection",
};

function timeouts(facts: Facts, statementTimeoutMs: number): readonly Diagnosis[] {
  return TIMEOUTS.flatMap((name) => {
    const setting = facts.settings![name];
    if (setting === undefined) return [];
    const ms = Number(setting.value);
    if (ms === 0) return [fine(name, "There is none.")];
    const shortest = name === "transaction_timeout" ? statementTimeoutMs : SHORT_MS;
    if (ms >= shortest) return [fine(name, `It is ${ms.toLocaleString("en-US")} ms.`)];
    return [
      warning(name, `It is ${ms.toLocaleString("en-US")} ms: ${EFFECTS[name]}.`, changeOfSetting(facts, name, "0")),
    ];
  });
}
