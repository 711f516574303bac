import { RoomForStates } from "../../../src/snapshots/upkeep/room-for-states";

const MEGABYTE = 1_024 * 1_024;

function note(room: RoomForStates, bytes: number, times = 1): void {
  for (let time = 0; time < times; time++) room.note(bytes);
}

it("lets few in while nothing is known of their size", () => {
  expect(new RoomForStates().atOnce).toBe(4);
});

it("lets many in once their states have proved to be small, and no more than 64", () => {
  const room = new RoomForStates();
  note(room, 500, 20);
  expect(room.atOnce).toBeGreaterThan(4);
  note(room, 500, 100);
  expect(room.atOnce).toBe(64);
  note(room, 0, 10_000);
  expect(room.atOnce).toBe(64);
});

it("lets few in after a large one, until others have followed it", () => {
  const room = new RoomForStates();
  note(room, 500, 200);
  note(room, 64 * MEGABYTE);
  expect(room.atOnce).toBe(4);
  note(room, 500, 10);
  expect(room.atOnce).toBe(4);
  note(room, 500, 200);
  expect(room.atOnce).toBe(64);
});

it("has room for 16 MB of states that are all of one size", () => {
  const room = new RoomForStates();
  note(room, MEGABYTE, 200);
  expect(room.atOnce).toBe(16);
});
