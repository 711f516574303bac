import type { ElementKind } from "../metadata/element-mark";
import { didYouMean } from "../wording/did-you-mean";
import { nameFault } from "./names";

type Check = (value: unknown) => string | undefined;

const wholeNumber =
  (atLeast: number): Check =>
  (value) =>
    Number.isInteger(value) && (value as number) >= atLeast
      ? undefined
      : `must be a whole number of at least ${atLeast}`;

const oneOf =
  (...allowed: unknown[]): Check =>
  (value) =>
    allowed.includes(value) ? undefined : `must be ${allowed.map((one) => JSON.stringify(one)).join(" or ")}`;

const name: Check = nameFault;

const partOf: Check = (value) =>
  typeof value === "function" || (typeof value === "string" && value !== "")
    ? undefined
    : "must be an aggregate class or its name";

const eventClass: Check = (value) =>
  typeof value === "function" || (typeof value === "string" && value !== "")
    ? undefined
    : "must be an event class or its name";

const names: Check = (value) =>
  Array.isArray(value) && value.every((one) => nameFault(one) === undefined)
    ? undefined
    : 'must be a list of names, such as ["DepositMade"]';

const storedTypes: Check = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === "string" && one !== "")
    ? undefined
    : 'must be a list of names or stored types, such as ["DepositMade"]';

const advice: Check = (value) =>
  typeof value === "boolean" || (typeof value === "string" && value !== "")
    ? undefined
    : 'must be true, or advice such as "use DepositMade"';
const partsOf: Check = (value) => {
  if (!Array.isArray(value)) return partOf(value);
  return value.length > 0 && value.every((one) => partOf(one) === undefined)
    ? undefined
    : "must be aggregate classes or their names";
};

const fieldName: Check = (value) =>
  typeof value === "string" && value !== "" ? undefined : "must be the name of a field";

const occasions: Check = (value) =>
  Array.isArray(value) && value.every((one) => one === "save" || one === "load")
    ? undefined
    : 'must be a list of "save" and "load"';

const snapshotOptions: Readonly<Record<string, Check>> = {
  threshold: wholeNumber(0),
  when: (value) => (typeof value === "function" ? undefined : "must be a strategy, such as every(100)"),
  mode: oneOf("sync", "background", "manual"),
  on: occasions,
  keep: wholeNumber(1),
  minEvents: wholeNumber(0),
};

const OPTIONS: Readonly<
  Record<ElementKind, { readonly required: readonly string[]; readonly known: Readonly<Record<string, Check>> }>
> = {
  aggregate: {
    required: ["eventSourced"],
    known: {
      eventSourced: (value) =>
        value === true ? undefined : "must be true: aggregates kept as current state do not exist yet",
      name,
      schemaVersion: wholeNumber(1),
      snapshot: () => undefined,
      skipEvents: storedTypes,
      factEvents: oneOf(true, false),
    },
  },
  entity: { required: ["partOf"], known: { partOf } },
  valueObject: { required: [], known: { partOf } },
  event: {
    required: ["partOf"],
    known: { partOf, name, version: wholeNumber(1), formerly: names, deprecated: advice },
  },
  command: { required: ["partOf"], known: { partOf, name, idempotencyKey: fieldName } },
  commandHandler: { required: ["partOf"], known: { partOf } },
  domainService: { required: ["partOf"], known: { partOf: partsOf } },
  applicationService: { required: ["partOf"], known: { partOf } },
  snapshotMigration: {
    required: ["aggregate", "from", "to"],
    known: { aggregate: partOf, from: wholeNumber(1), to: wholeNumber(1) },
  },
  upcaster: {
    required: ["event", "from", "to"],
    known: { event: eventClass, from: wholeNumber(1), to: wholeNumber(1) },
  },
};

/** What is wrong with the options written in a class decorator: unknown, missing or impossible ones. */
export function optionFaults(kind: ElementKind, options: Readonly<Record<string, unknown>>): string[] {
  const { required, known } = OPTIONS[kind];
  const missing = required.filter((key) => options[key] === undefined).map((key) => `needs the option "${key}"`);
  const { snapshot } = options;
  const nested = kind === "aggregate" && snapshot !== undefined ? snapshotFaults(snapshot) : [];
  return [...missing, ...faultsOf(options, known, ""), ...nested];
}

function snapshotFaults(snapshot: unknown): string[] {
  if (typeof snapshot !== "object" || snapshot === null)
    return ['has a bad option "snapshot": must be an object, such as { threshold: 100 }'];
  return faultsOf(snapshot, snapshotOptions, "snapshot.");
}

function faultsOf(options: object, known: Readonly<Record<string, Check>>, prefix: string): string[] {
  return Object.entries(options).flatMap(([key, value]) => {
    const check = Object.hasOwn(known, key) ? known[key] : undefined;
    if (check === undefined) return [`has an unknown option "${prefix}${key}"${didYouMean(key, Object.keys(known))}`];
    const fault = value === undefined ? undefined : check(value);
    return fault === undefined ? [] : [`has a bad option "${prefix}${key}": ${fault}`];
  });
}
