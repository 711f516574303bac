import {
  Aggregate,
  type AggregateRoot,
  apply,
  Domain,
  DomainEvent,
  type DomainEventRoot,
  identifier,
} from "@tidemark/core";
import { z } from "zod";

const domain = new Domain("library");

const archivable = { isArchived: z.boolean().default(false) };
const archived = { reason: z.string() };

type ArchivedClass = new (values: { reason: string }) => DomainEventRoot & { readonly reason: string };

function withArchiving<Base extends new (...args: any[]) => AggregateRoot & { isArchived: boolean }>(
  base: Base,
  Archived: ArchivedClass,
) {
  class Archivable extends base {
    archive(reason: string): void {
      this.raise(new Archived({ reason }));
    }

    @apply(Archived)
    onArchived(_: InstanceType<ArchivedClass>): void {
      this.isArchived = true;
    }
  }
  return Archivable;
}

@domain.event({ partOf: "Book" })
class BookArchived extends DomainEvent(archived) {}

@domain.event({ partOf: "Book" })
class BookBought extends DomainEvent({ title: z.string() }) {}

@domain.event({ partOf: "Map" })
class MapArchived extends DomainEvent({ mapId: identifier(), ...archived }) {}

@domain.event({ partOf: "Book" })
class BookShelved extends DomainEvent({ shelf: z.string() }) {}

@domain.aggregate({ eventSourced: true })
class Book extends withArchiving(Aggregate({ title: z.string(), ...archivable }), BookArchived) {
  @apply(BookBought)
  onBought({ title }: BookBought): void {
    this.title = title;
  }
}

const book = Book.createNew({ id: "b-1" });
book.archive("worn");
const isArchived: boolean = book.isArchived;
const title: string = book.title;
console.log(isArchived, title, Book.shape.keys, domain.repositoryFor(Book));

// @ts-expect-error: the reason is a text
book.archive(5);
// @ts-expect-error: the aggregate has no field isArchived
withArchiving(Aggregate({ title: z.string() }), BookArchived);
// @ts-expect-error: the event needs a shelf
withArchiving(Aggregate(archivable), BookShelved);
// @ts-expect-error: the event needs an id
withArchiving(Aggregate(archivable), MapArchived);
