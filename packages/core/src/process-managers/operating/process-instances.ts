import type { ProcessManagerRoot } from "../../elements/process-manager";
import { IncorrectUsageError } from "../../errors/incorrect-usage-error";
import { ObjectNotFoundError } from "../../errors/object-not-found-error";
import { naturalNumber } from "../../event-store/read-arguments";
import { streamOf } from "../../event-store/stream-names";
import type { Class } from "../../metadata/class-types";
import type { ProcessManagerModel } from "../../model/process-manager-model";
import { byCodePoints } from "../../ports/code-point-order";
import type { OperationStores } from "../../ports/operation-stores";
import type { StoredState } from "../../ports/state-store";
import type { Timer } from "../../ports/timer-store";
import { checkIdentifier } from "../../schema/identifier";
import { ASIDE_STATES } from "../../subscriptions/failures/keys-aside";
import { type ParkedError, recordIn } from "../../subscriptions/failures/parked-record";
import type { ProcessSteps } from "../process-step";
import type { StoredProcess } from "../stored-process";
import { type ProcessStatus, processIdOf, processStatus, storedProcess } from "./process-status";
import type { ProcessesNamed } from "./processes-named";

/** Which instances of process managers are listed. */
export interface ProcessesOptions {
  /** The name of the process manager; those of all where absent. */
  readonly name?: string;
  /** Only the instance with this id; needs `name`. */
  readonly id?: string;
  readonly status?: ProcessStatus["status"];
  /** Where to go on: behind this one, such as the last one of the list before. */
  readonly after?: Pick<ProcessStatus, "process" | "id">;
  /** How many at most; 100 where absent. */
  readonly limit?: number;
}

/** The fields of an instance's state. */
export type ProcessState<P> = {
  readonly [K in keyof P as P[K] extends (...args: any[]) => unknown ? never : K]: P[K];
};

/** How an instance is, with its state: what `domain.processOf()` gives. */
export interface ProcessDetails<P> extends ProcessStatus {
  /** Dates, decimals and the like as such; undefined unless it runs. */
  readonly state?: ProcessState<P>;
}

interface InstancesParts {
  readonly named: ProcessesNamed;
  readonly steps: Iterable<ProcessSteps>;
  /** @throws ConfigurationError for a store that keeps events alone. */
  readonly operations: () => OperationStores;
}

/** A stored instance, as it was read. */
interface Instance {
  readonly state: StoredState;
  readonly process: StoredProcess;
}

const LIMIT = 100;
/** How many are read at once where most of them may be passed over. */
const PAGE = 500;
const TIMERS_PAGE = 500;
/** How many keys are asked for by name at once. */
const KEYS = 100;
/** How many instances are asked at once for their commands. */
const AT_ONCE = 16;
const MOST_COMMANDS = 1_000;

/** What operators see of the instances of process managers. */
export class ProcessInstances {
  readonly #steps: ReadonlyMap<ProcessManagerModel, ProcessSteps>;

  constructor(private readonly parts: InstancesParts) {
    this.#steps = new Map(Array.from(parts.steps, (each) => [each.model, each]));
  }

  /**
   * Lists instances in the order of the categories of their process managers, and then of their ids (by code points).
   * @throws IncorrectUsageError for a name that no process manager has, and for a limit that is no whole number.
   */
  async list({ name, id, status, after, limit = LIMIT }: ProcessesOptions = {}): Promise<readonly ProcessStatus[]> {
    const attempted = "Cannot list the instances of";
    naturalNumber("limit", limit);
    if (id !== undefined && name === undefined)
      throw new IncorrectUsageError(
        'Cannot list the process with an "id" alone: give the "name" of its process manager',
      );
    const { named } = this.parts;
    const from = after === undefined ? undefined : named.find(after.process, attempted);
    const chosen = name === undefined ? named.all : [named.find(name, attempted)];
    const listed: ProcessStatus[] = [];
    for (const model of chosen) {
      if (listed.length >= limit) break;
      const order = from === undefined ? 1 : byCodePoints(model.category, from.category);
      if (order < 0) continue;
      const start = order === 0 && after !== undefined ? streamOf(model.category, after.id).stream : undefined;
      const wanted = ({ process }: Instance) => status === undefined || process.status === status;
      const left = limit - listed.length;
      const instances =
        id === undefined
          ? await this.#read(model, { start, limit: left, pageSize: status === undefined ? left : PAGE, wanted })
          : (await this.#load(model, id)).filter(wanted);
      listed.push(...(await this.#statusesOf(model, instances)));
    }
    return listed;
  }

  /**
   * @throws ObjectNotFoundError for an id that no instance has; ProcessStateError for a state that the code cannot read;
   *   IncorrectUsageError for a class that is no registered process manager.
   */
  async of<P extends ProcessManagerRoot>(type: Class<P>, id: string): Promise<ProcessDetails<P>> {
    const model = this.parts.named.ofClass(type);
    checkIdentifier(id, model.name);
    const [instance] = await this.#load(model, id);
    if (instance === undefined) throw new ObjectNotFoundError({ aggregate: model.name, id });
    const [status] = await this.#statusesOf(model, [instance]);
    const restored = this.#steps.get(model)?.stateOf(id, instance.process);
    return { ...status!, ...(restored !== undefined && { state: fieldsOf(restored, model) as ProcessState<P> }) };
  }

  async #load(model: ProcessManagerModel, id: string): Promise<readonly Instance[]> {
    const state = await this.parts.operations().states.load(streamOf(model.category, id));
    return state === undefined ? [] : [{ state, process: storedProcess(state) }];
  }

  async #read(
    { category }: ProcessManagerModel,
    {
      start,
      limit,
      pageSize,
      wanted,
    }: {
      readonly start: string | undefined;
      readonly limit: number;
      readonly pageSize: number;
      readonly wanted: (instance: Instance) => boolean;
    },
  ): Promise<readonly Instance[]> {
    const { states } = this.parts.operations();
    const size = Math.min(pageSize, PAGE);
    const found: Instance[] = [];
    for (let after = start; ; ) {
      const page = await states.list(category, { limit: size, ...(after !== undefined && { after }) });
      for (const state of page) {
        const instance = { state, process: storedProcess(state) };
        if (wanted(instance)) found.push(instance);
        if (found.length === limit) return found;
      }
      if (page.length < size) return found;
      after = page.at(-1)?.stream;
    }
  }

  async #statusesOf(model: ProcessManagerModel, instances: readonly Instance[]): Promise<readonly ProcessStatus[]> {
    if (instances.length === 0) return [];
    const [timers, commands, parked] = await Promise.all([
      this.#timersOf(model, instances),
      this.#commandsOf(instances),
      this.#parkedOf(model, instances),
    ]);
    return instances.map(({ state, process }, index) =>
      processStatus(model, state, process, {
        timers: timers.get(state.stream) ?? [],
        commands: commands[index] as number,
        parked: parked.get(processIdOf(state.stream, model.category)),
      }),
    );
  }

  /** The timers of instances, which are in order: those of one stretch of the owners are read together. */
  async #timersOf(
    { category }: ProcessManagerModel,
    instances: readonly Instance[],
  ): Promise<ReadonlyMap<string, readonly Timer[]>> {
    const { timers } = this.parts.operations();
    const owners = instances.filter(({ process }) => process.timers !== undefined).map(({ state }) => state.stream);
    const byOwner = new Map<string, Timer[]>(owners.map((owner) => [owner, []]));
    const [first, last] = [owners[0], owners.at(-1)];
    if (first === undefined || last === undefined) return byOwner;
    if (first === last) return byOwner.set(first, [...(await timers.ofOwner(first))]);
    // No name is empty: all timers of the first owner come behind this place.
    for (let after: Pick<Timer, "owner" | "name"> | undefined = { owner: first, name: "" }; after !== undefined; ) {
      const page: readonly Timer[] = await timers.list({ prefix: `${category}-`, after, limit: TIMERS_PAGE });
      for (const timer of page) byOwner.get(timer.owner)?.push(timer);
      after = page.length < TIMERS_PAGE || byCodePoints(page.at(-1)!.owner, last) > 0 ? undefined : page.at(-1);
    }
    for (const ofOwner of byOwner.values()) ofOwner.sort((a, b) => a.dueAt - b.dueAt || byCodePoints(a.name, b.name));
    return byOwner;
  }

  async #commandsOf(instances: readonly Instance[]): Promise<readonly number[]> {
    const { commandQueue } = this.parts.operations();
    const counts: number[] = [];
    for (let first = 0; first < instances.length; first += AT_ONCE) {
      const some = instances.slice(first, first + AT_ONCE).map(async ({ state: { stream: line }, process }) => {
        if (process.commands === 0) return 0;
        return (await commandQueue.list({ line, states: ["waiting", "parked"], limit: MOST_COMMANDS })).length;
      });
      counts.push(...(await Promise.all(some)));
    }
    return counts;
  }

  async #parkedOf(
    { name: subscription, category }: ProcessManagerModel,
    instances: readonly Instance[],
  ): Promise<ReadonlyMap<string, ParkedError>> {
    const { subscriptions } = this.parts.operations();
    const ids = instances.map(({ state }) => processIdOf(state.stream, category));
    const errors = new Map<string, ParkedError>();
    for (let first = 0; first < ids.length; first += KEYS) {
      const keys = ids.slice(first, first + KEYS);
      const parked = await subscriptions.parked({ subscription, keys, states: ASIDE_STATES });
      for (const each of parked) errors.set(each.key, recordIn(each).error);
    }
    return errors;
  }
}

/** The fields of an instance, in the order of their declaration. */
function fieldsOf(instance: ProcessManagerRoot, { shape }: ProcessManagerModel): object {
  const values = instance as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(shape.keys.flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]]])));
}
