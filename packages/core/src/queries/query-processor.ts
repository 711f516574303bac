import type { Instances } from "../commands/instances";
import type { ProjectionRoot } from "../elements/projection";
import { IncorrectUsageError } from "../errors/incorrect-usage-error";
import type { Class } from "../metadata/class-types";
import type { ProjectionModel } from "../model/projection-model";
import type { QueryModel } from "../model/query-model";
import { waitTimeoutOf } from "../subscriptions/wait-timeout";
import type { UnitsOfWork } from "../unit-of-work/units-of-work";
import { didYouMean } from "../wording/did-you-mean";
import { inWords } from "../wording/in-words";
import { twinHint } from "../wording/twin-class";
import { globalPositionOf } from "./position-token";
import type { View } from "./view";

/** How a query is answered. */
export interface DispatchOptions {
  /**
   * Waits until the projection has everything up to this position: `domain.position()`, or the `position` of a result. Text, and safe
   * in an HTTP header.
   */
  readonly atLeast?: string | undefined;
  /** How long to wait for it at most. */
  readonly waitTimeoutMs?: number | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

export interface QueryProcessorParts {
  readonly queries: ReadonlyMap<Class, QueryModel>;
  readonly instances: Instances;
  readonly units: Pick<UnitsOfWork, "reading">;
  readonly viewOf: (projection: ProjectionModel) => View<ProjectionRoot>;
  /** Waits until a projection has done everything up to a position. */
  readonly reached: (
    projection: ProjectionModel,
    position: number,
    options: { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined },
  ) => Promise<void>;
}

/** A query with what answers it. */
interface AnsweredQuery {
  readonly query: object;
  readonly model: QueryModel & Required<Pick<QueryModel, "handler">>;
}

type Handler = Readonly<Record<string | symbol, (query: object, view: View<ProjectionRoot>) => unknown>>;

/** Passes queries to their handlers. */
export class QueryProcessor {
  constructor(private readonly parts: QueryProcessorParts) {}

  /**
   * @returns what the query's handler returned.
   * @throws IncorrectUsageError for an object that is not a registered query, and for a result that the query does not declare;
   *   WaitError where the projection does not come up to `atLeast`; what the handler throws.
   */
  async dispatch(query: object, options: DispatchOptions = {}): Promise<unknown> {
    const answered = this.answered(query);
    const { atLeast, signal } = options;
    const timeoutMs = waitTimeoutOf(options.waitTimeoutMs);
    if (atLeast !== undefined) {
      const position = globalPositionOf(atLeast, "atLeast");
      await this.parts.reached(answered.model.handler.projection, position, { timeoutMs, signal });
    }
    return await this.ask(answered);
  }

  /** Finds what answers a query. @throws IncorrectUsageError as `dispatch` does. */
  answered(query: object): AnsweredQuery {
    const { queries } = this.parts;
    const type = typeof query === "object" && query !== null ? (query.constructor as Class) : undefined;
    const model = type && queries.get(type);
    if (model === undefined) throw new IncorrectUsageError(notAQuery(query, type, queries));
    if (model.handler !== undefined) return { query, model: { ...model, handler: model.handler } };
    throw new IncorrectUsageError(
      `Cannot dispatch ${model.name}: no query handler reads it; mark a method of one with @read(${model.name})`,
    );
  }

  /** Calls the handler of a query, which cannot write. */
  async ask({ query, model }: AnsweredQuery): Promise<unknown> {
    const { instances, units, viewOf } = this.parts;
    const { type, method, projection } = model.handler;
    const refusal = () =>
      new IncorrectUsageError(
        `The handler of query ${model.name} cannot write: it only reads; process commands where the query is dispatched`,
        { query: model.name },
      );
    const result = await units.reading(async () => {
      const handler = (await instances.of(type)) as Handler;
      return await handler[method]?.(query, viewOf(projection));
    }, refusal);
    model.result.check(result);
    return result;
  }
}

function notAQuery(query: unknown, type: Class | undefined, queries: ReadonlyMap<Class, QueryModel>): string {
  if (typeof query === "function")
    return `Cannot dispatch the class ${query.name}: give an instance, new ${query.name}({…})`;
  if (type === undefined) return `Cannot dispatch ${inWords(query)}: it is not a query`;
  const names = [...queries.values()].map(({ name }) => name);
  const hint =
    twinHint(
      type.name,
      [...queries.keys()].map((each) => each.name),
    ) || didYouMean(type.name, names);
  return `Cannot dispatch ${inWords(query)}: ${type.name} is not a registered query${hint}`;
}
