import type { Domain } from "@tidemark/core";

import { categoryOf } from "../events/event-scope";
import type { chooseAggregate } from "./aggregate-selection";
import { core } from "./core";

type AggregateClass = ReturnType<typeof chooseAggregate>;

/** How many ids are looked through for one that was probably meant. */
const IDS_LOOKED_AT = 1_000;

/** Returns the end of a sentence about an id without events: `; did you mean "acc-1"?`, or an empty text. */
export async function idHint(domain: Domain, aggregate: AggregateClass, id: string): Promise<string> {
  return await nearText(domain.repositoryFor(aggregate).ids(), id);
}

/** Returns the end of a sentence about a text that is none of these: `; did you mean "acc-1"?`, or an empty text. */
export async function nearText(texts: AsyncIterable<string>, text: string): Promise<string> {
  const near = await nearestOf(texts, text);
  return near === undefined ? "" : didYouMean(near);
}

/** Returns the end of a sentence about a stream without events: `; did you mean "bank::account-1"?`, or an empty text. */
export async function streamHint(domain: Domain, stream: string): Promise<string> {
  const { category, id } = core.streams.parseStream(stream);
  const byCategory = new Map<string, AggregateClass>();
  for (const aggregate of domain.aggregates.values()) byCategory.set(categoryOf(domain, aggregate), aggregate);
  const aggregate = byCategory.get(category);
  if (aggregate !== undefined) {
    const near = await nearestOf(domain.repositoryFor(aggregate).ids(), id);
    return near === undefined ? "" : didYouMean(domain.streamFor(aggregate, near));
  }
  const names = [...byCategory.keys()];
  const meant = names.find((name) => name.endsWith(`::${category}`)) ?? core.config.nearest(category, names);
  return meant === undefined ? "" : didYouMean(`${meant}-${id}`);
}

/** Returns the only text that begins like the one given, else one that differs in a few characters. */
async function nearestOf(texts: AsyncIterable<string>, text: string): Promise<string | undefined> {
  const known: string[] = [];
  for await (const each of texts) {
    known.push(each);
    if (known.length === IDS_LOOKED_AT) break;
  }
  const [longer, another] = known.filter((each) => each.startsWith(text));
  return longer !== undefined && another === undefined ? longer : core.config.nearest(text, known);
}

function didYouMean(name: string): string {
  return `; did you mean ${JSON.stringify(name)}?`;
}
