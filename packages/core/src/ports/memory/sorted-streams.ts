import { byCodePoints } from "../code-point-order";
import { firstIndexWhere } from "./binary-search";

/** Streams by name, whose names are sorted when somebody lists them and not before. */
export class SortedStreams<T> {
  private readonly streams = new Map<string, T>();
  /** Absent after a deletion. */
  private names: string[] | undefined = [];
  private sorted = true;

  get(stream: string): T | undefined {
    return this.streams.get(stream);
  }

  set(stream: string, value: T): void {
    if (!this.streams.has(stream)) {
      this.names?.push(stream);
      this.sorted = false;
    }
    this.streams.set(stream, value);
  }

  delete(stream: string): void {
    if (this.streams.delete(stream)) this.names = undefined;
  }

  entries(): Iterable<[string, T]> {
    return this.streams;
  }

  list({ after, limit }: { readonly after?: string; readonly limit: number }): readonly string[] {
    const names = this.sortedNames();
    const start =
      after === undefined ? 0 : firstIndexWhere(names.length, (index) => byCodePoints(names[index]!, after) > 0);
    return names.slice(start, start + limit);
  }

  private sortedNames(): readonly string[] {
    if (this.names === undefined || !this.sorted) {
      this.names = (this.names ?? [...this.streams.keys()]).sort(byCodePoints);
      this.sorted = true;
    }
    return this.names;
  }
}
