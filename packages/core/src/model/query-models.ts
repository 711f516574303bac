import { CommandResult } from "../elements/command-result";
import type { Class } from "../metadata/class-types";
import { twinHint } from "../wording/twin-class";
import type { DeclaredElements } from "./declared-elements";
import { marksOf, messageOf, placeOf } from "./decorated-methods";
import type { Report } from "./domain-problem";
import type { ProjectionModel } from "./projection-model";
import type { QueryModel } from "./query-model";

type Handler = NonNullable<QueryModel["handler"]>;

/** Prepares every query with its handler. Reports what is wrong with them and between them. */
export function queryModels(
  elements: DeclaredElements,
  projections: ReadonlyMap<Class, ProjectionModel>,
  report: Report,
): ReadonlyMap<Class, QueryModel> {
  const projectionOf = (reference: unknown) => {
    const projection = elements.referred("projection", reference);
    return projection && projections.get(projection.type);
  };
  const handlers = handlersByQuery(elements, projectionOf, report);
  const models = elements.sound("query").flatMap(({ type, name, options }): QueryModel[] => {
    const projection = projectionOf(options.of);
    if (projection === undefined) return [];
    const handler = handlers.get(type);
    const result = new CommandResult(name, type.returns, "query");
    return [{ type, name, result, projection, ...(handler !== undefined && { handler }) }];
  });
  return new Map(models.map((model) => [model.type, model]));
}

function handlersByQuery(
  elements: DeclaredElements,
  projectionOf: (reference: unknown) => ProjectionModel | undefined,
  report: Report,
): ReadonlyMap<Class, Handler> {
  const queries = new Map(elements.of("query").map(({ type }) => [type, type.name]));
  const handlers = new Map<Class, Handler>();
  for (const { type, options } of elements.sound("queryHandler")) {
    const projection = projectionOf(options.of);
    for (const mark of marksOf(type, "read")) {
      const { method } = mark;
      const query = messageOf(type, mark, "query", report);
      const other = query && handlers.get(query);
      // A subclass may decorate the method that it overrides once more.
      if (query === undefined || (other?.type === type && other.method === method)) continue;
      const place = placeOf(type, method);
      if (!queries.has(query)) {
        const hint = twinHint(query.name, [...queries.values()]);
        report(`${place} answers ${query.name}, which is not a registered query${hint}`, type.name);
      } else if (other !== undefined) {
        report(`${query.name} is answered twice, by ${placeOf(other.type, other.method)} and by ${place}`, query.name);
      } else if (projection !== undefined) {
        handlers.set(query, { type, method, projection });
      }
    }
  }
  return handlers;
}
