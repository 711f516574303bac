import { tmpdir } from "node:os";

import { z } from "zod";

import type { ElementKind } from "../../src/decorators/element-kinds";
import {
  Aggregate,
  type AggregateClass,
  apply,
  Command,
  type ConfigInput,
  ConfigurationError,
  Domain,
  DomainEvent,
  Entity,
  handle,
  identifier,
  ProcessManager,
  Projection,
  Query,
  ValueObject,
} from "../../src/index";
import type { Class } from "../../src/metadata/class-types";
import { type DomainModel, domainModel } from "../../src/model/domain-model";
import type { Registry } from "../../src/model/registry";

/** A declaration of classes, with the faults that `init()` lists for them. */
export type Case = readonly [name: string, declare: (domain: Domain) => unknown, faults: readonly string[]];

/** Returns the faults that `init()` lists for a domain. */
export async function faultsOf(
  declare: (domain: Domain) => unknown,
  config: ConfigInput = {},
): Promise<readonly string[]> {
  const domain = new Domain("fidelis", { root: tmpdir(), config });
  declare(domain);
  const error: unknown = await domain.init().then(
    () => domain.close(),
    (reason: unknown) => reason,
  );
  if (error === undefined) return [];
  if (error instanceof ConfigurationError) return error.faults;
  throw error;
}

/** Compiles a domain without faults. */
export function modelOf(declare: (domain: Domain) => unknown): DomainModel {
  const domain = new Domain("fidelis", { root: tmpdir() });
  declare(domain);
  const { registry } = domain as unknown as { readonly registry: Registry };
  return domainModel("fidelis", registry, () => []);
}

/** Declares a sound domain, to which a case adds one fault. */
export function sound(domain: Domain) {
  @domain.event({ partOf: "Account" })
  class Opened extends DomainEvent({ owner: z.string() }) {}
  @domain.aggregate({ eventSourced: true })
  class Account extends Aggregate({ owner: z.string() }) {
    @apply
    onOpened(event: Opened): void {
      this.owner = event.owner;
    }
  }
  @domain.command({ partOf: Account })
  class Open extends Command({ owner: z.string() }) {}
  @domain.commandHandler({ partOf: Account })
  class Handler {
    @handle
    open(_command: Open): void {}
  }
  return { Opened, Account, Open, Handler };
}

/** Options as a program without type checks would write them. */
export const wrong = (options: object) => options as never;

/** Makes a class for each kind of element, with options that its decorator takes. */
const CLASSES: Readonly<Record<ElementKind, () => readonly [type: Class | AggregateClass, options: object]>> = {
  aggregate: () => [class Declared extends Aggregate({}) {}, { eventSourced: true }],
  entity: () => [class Declared extends Entity({}) {}, { partOf: "Account" }],
  valueObject: () => [class Declared extends ValueObject({}) {}, { partOf: "Account" }],
  event: () => [class Declared extends DomainEvent({}) {}, { partOf: "Account" }],
  command: () => [class Declared extends Command({}) {}, { partOf: "Account" }],
  commandHandler: () => [class Declared {}, { partOf: "Account" }],
  domainService: () => [class Declared {}, { partOf: ["Account"] }],
  applicationService: () => [class Declared {}, { partOf: "Account" }],
  snapshotMigration: () => [
    class Declared {
      migrate = (state: object) => state;
    },
    { aggregate: "Account", from: 1, to: 2 },
  ],
  upcaster: () => [
    class Declared {
      upcast = (data: object) => data;
    },
    { event: "Opened", from: 1, to: 2 },
  ],
  projection: () => [class Declared extends Projection({ id: identifier() }) {}, {}],
  projector: () => [class Declared {}, { for: "Summary" }],
  sqlProjector: () => [class Declared {}, { tables: ["volume"] }],
  query: () => [class Declared extends Query({}) {}, { of: "Summary" }],
  queryHandler: () => [class Declared {}, { of: "Summary" }],
  eventHandler: () => [class Declared {}, {}],
  processManager: () => [class Declared extends ProcessManager({ id: identifier() }) {}, {}],
};

/**
 * Makes a class of one kind.
 * @returns the class, and what declares it with options that are valid but for those given.
 */
export function elementOf(domain: Domain, kind: ElementKind, more: object = {}): readonly [Class, () => void] {
  const [given, options] = CLASSES[kind]();
  const type = given as Class;
  const decorate = domain[kind] as (options: object) => (type: Class) => void;
  return [type, () => decorate({ ...options, ...more })(type)];
}
