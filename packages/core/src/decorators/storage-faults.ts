import { inWords } from "../wording/in-words";

/** Says which options of an aggregate contradict each other: what each way of storing needs, and what it has no use for. */
export function storageFaults(options: Readonly<Record<string, unknown>>): string[] {
  const { eventSourced, stored = eventSourced === undefined ? "state" : "events", truth } = options;
  if (eventSourced !== undefined && stored !== "events")
    return [`has the options "eventSourced" and "stored": ${inWords(stored)}, of which it takes one`];
  const refused = Object.hasOwn(REFUSED, String(stored)) ? REFUSED[stored as keyof typeof REFUSED] : {};
  const faults = Object.entries(refused).flatMap(([option, reason]) =>
    options[option] === undefined ? [] : [`has the option "${option}", but ${reason}`],
  );
  if (stored === "both" && truth === undefined)
    faults.push(`needs the option "truth": "events" or "state", which of the two is right where they differ`);
  return faults;
}

/** The options that each way of storing has no use for, and why. */
const REFUSED = {
  events: {
    truth: 'it is stored as events alone: it goes with stored: "both"',
    keepEvents: 'its events are its state: it goes with stored: "state"',
  },
  state: {
    truth: 'it is stored as its state, which is right: it goes with stored: "both"',
    snapshot: "it is stored as its state, so that no load folds events",
    opening: 'it is stored as its state: it goes with stored: "events"',
  },
  both: {
    keepEvents: 'all of its events are kept: it goes with stored: "state"',
    snapshot: "its loads read its row and fold no events",
    opening: 'it has its events already: it goes with stored: "events"',
  },
} as const;
