import type { ProcessManagerRoot } from "../elements/process-manager";
import type { UpcasterStep } from "../elements/upcaster";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import { ProcessStateError } from "../errors/process-state-error";
import { abandon, isPromise } from "../errors/returned-promise";
import type { ProcessManagerModel } from "../model/process-manager-model";
import { isChangeable, thawed } from "../schema/copying";
import { defaultOf } from "../schema/field-default";
import { toStorable } from "../schema/storable";
import type { Schema } from "../schema/zod-tree";
import { reasonOf } from "../wording/in-words";
import type { StoredProcess } from "./stored-process";

type Fields = Record<string, unknown>;

/** Makes the instances of a process manager's class, and turns them into what is stored and back. */
export class ProcessStates {
  #defaults: readonly (readonly [field: string, value: unknown])[] | undefined;

  constructor(private readonly model: ProcessManagerModel) {}

  /** Makes an instance that starts: it has its id and the defaults of its fields. */
  make(id: string): ProcessManagerRoot {
    const instance = this.#empty();
    this.#addDefaults(instance);
    instance[this.model.keyField] = id;
    return instance as unknown as ProcessManagerRoot;
  }

  /**
   * Makes an instance of what is stored, which stays as it is. A state of an older version goes through the upcasters first. A field that
   * is new since has its default.
   * @throws ProcessStateError
   */
  restore(id: string, { state, version }: Pick<StoredProcess, "state" | "version">): ProcessManagerRoot {
    if (typeof state !== "object" || state === null) throw this.#unreadable(id, "is missing");
    if (version !== this.model.version) return this.#upcast(id, state, version);
    try {
      const instance = this.#decoded(state as Fields);
      this.#addDefaults(instance);
      return instance as unknown as ProcessManagerRoot;
    } catch (cause) {
      const advice = `if a field has another type since, raise the version of ${this.model.name} and write an upcaster`;
      throw this.#unreadable(id, `does not fit its fields: ${reasonOf(cause)}; ${advice}`, cause);
    }
  }

  /**
   * Gives the fields of an instance as JSON values.
   * @param place the method that has changed them, for the error.
   * @throws IncorrectUsageError for a state that does not have the shape, or another id.
   */
  stored(id: string, instance: ProcessManagerRoot, place: string): object {
    const { shape, name, keyField } = this.model;
    const complaints = shape.complaints({ ...instance });
    if (complaints !== undefined)
      throw this.#unfit(
        id,
        place,
        Object.entries(complaints).map(([path, texts]) => `${path}: ${texts.join("; ")}`),
      );
    if ((instance as unknown as Fields)[keyField] !== id)
      throw this.#unfit(id, place, [`${keyField}: the id of an instance never changes`]);
    return shape.encode(shape.storable({ ...instance }, `the state of ${name}`));
  }

  /** Constructed as the class is, so that its private methods work. */
  #empty(): Fields {
    return new this.model.type() as unknown as Fields;
  }

  /** Works on a copy, because a codec changes what it is given. */
  #decoded(state: Fields): Fields {
    return Object.assign(this.#empty(), this.model.shape.decode(thawed(state) as object));
  }

  #upcast(id: string, older: object, from: number): ProcessManagerRoot {
    const { upcasters, version, name, shape } = this.model;
    if (from > version)
      throw this.#unreadable(id, `has version ${from}, and the code knows up to ${version}: deploy the newer release`);
    let state = thawed(older) as Fields;
    for (let reached = from; reached !== version; ) {
      const step = upcasters.get(reached);
      if (step === undefined)
        throw this.#unreadable(
          id,
          `has version ${from}, and no upcaster leads from ${reached} to ${version}: write one for ${name}`,
        );
      state = this.#upcastBy(step, id, state);
      reached = step.to;
    }
    let instance: Fields;
    try {
      instance = this.#decoded(state);
      this.#addDefaults(instance);
    } catch (cause) {
      throw this.#unreadable(id, `does not fit its fields after its upcasters: ${reasonOf(cause)}`, cause);
    }
    const complaints = shape.complaints({ ...instance });
    if (complaints === undefined) return instance as unknown as ProcessManagerRoot;
    const [path, [complaint]] = Object.entries(complaints)[0] as [string, [string]];
    throw this.#unreadable(id, `does not fit its fields after its upcasters: ${path}: ${complaint}`);
  }

  #upcastBy({ name, upcaster }: UpcasterStep, id: string, state: Fields): Fields {
    let upcast: unknown;
    try {
      upcast = upcaster.upcast(state);
      if (isPromise(upcast)) abandon(upcast);
      else if (typeof upcast === "object" && upcast !== null && !Array.isArray(upcast))
        return thawed(toStorable(upcast, { subject: `the state that ${name} returned` })) as Fields;
    } catch (cause) {
      throw this.#unreadable(id, `cannot be upcast: ${name} failed: ${reasonOf(cause)}`, cause);
    }
    const found = isPromise(upcast) ? "a promise" : Array.isArray(upcast) ? "an array" : String(upcast);
    throw this.#unreadable(id, `cannot be upcast: ${name} returned ${found} in the place of a state`);
  }

  /** Gives the fields that an instance lacks their defaults. */
  #addDefaults(instance: Fields): void {
    const { shape, keyField, name } = this.model;
    this.#defaults ??= shape.keys.flatMap((field) => {
      const value =
        field === keyField ? undefined : defaultOf(shape.fields[field] as Schema, `field "${field}" of ${name}`);
      return value === undefined ? [] : [[field, value] as const];
    });
    for (const [field, value] of this.#defaults)
      if (instance[field] === undefined) instance[field] = isChangeable(value) ? thawed(value) : value;
  }

  #unreadable(id: string, reason: string, cause?: unknown): ProcessStateError {
    return new ProcessStateError({ process: this.model.name, id, reason }, cause);
  }

  #unfit(id: string, place: string, faults: readonly string[]): IncorrectUsageError {
    const { name: process } = this.model;
    return new IncorrectUsageError(
      `Cannot store the state of ${process} ${JSON.stringify(id)} after ${place}: ${faults.join("; ")}`,
      { process, id, place, faults },
    );
  }
}
