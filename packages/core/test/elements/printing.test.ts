import { inspect } from "node:util";
import { z } from "zod";

import { Aggregate, apply, DomainEvent, Entity, hasMany } from "../../src/index";

class SpotTaken extends DomainEvent({ spot: z.string() }) {}

class Spot extends Entity({ level: z.number() }) {}

class Garage extends Aggregate({ taken: z.array(z.string()).default([]), spots: hasMany(Spot) }) {
  @apply(SpotTaken)
  onTaken({ spot }: SpotTaken): void {
    this.taken.push(spot);
    this.spots.add({ id: spot, level: 1 });
  }
}

function garage(): Garage {
  const made = Garage.createNew({ id: "g-1" });
  for (const spot of ["a", "b"]) made.raise(new SpotTaken({ spot }));
  return made;
}

describe("an aggregate", () => {
  it("is printed with its class, id, version and fields", () => {
    expect(inspect(garage())).toBe(
      "Garage g-1 (version 1) {\n  taken: [ 'a', 'b' ],\n  spots: EntityCollection(2) [ Spot { id: 'a', level: 1 }, Spot { id: 'b', level: 1 } ]\n}",
    );
    expect(inspect(Garage.createNew({ id: "g-2" }))).toBe(
      "Garage g-2 (version -1) { taken: [], spots: EntityCollection(0) [] }",
    );
  });

  it("is printed short where it is nested deeper than Node prints", () => {
    expect(inspect({ a: { b: { c: garage() } } })).toBe("{ a: { b: { c: [Garage g-1] } } }");
  });

  it("is printed by its fields where it is a copy", () => {
    expect(inspect(Object.create(Garage.prototype))).toBe("Garage {}");
    expect(inspect(structuredClone({ taken: garage().taken }))).toBe("{ taken: [ 'a', 'b' ] }");
  });

  it("is named by its class and id in a text, and so is an entity", () => {
    expect(`${garage()}`).toBe('Garage "g-1"');
    expect(`${garage().spots.get("a")}`).toBe('Spot "a"');
  });
});
