/** Finds the streams with the most events in one pass, and keeps no other stream in memory. */
export class LongestStreams {
  private readonly lengths = new Map<string, number>();

  constructor(private readonly count: number) {}

  /** Takes the place of an event. The events of a stream arrive in order, so the last position gives its length. */
  add(stream: string, position: number): void {
    if (!this.lengths.has(stream) && this.lengths.size === this.count) {
      const [shortest, length] = this.shortest();
      if (length > position) return;
      this.lengths.delete(shortest);
    }
    this.lengths.set(stream, position + 1);
  }

  /** Starts with the longest stream. */
  list(): readonly { readonly stream: string; readonly events: number }[] {
    return [...this.lengths]
      .map(([stream, events]) => ({ stream, events }))
      .sort((one, other) => other.events - one.events || (one.stream < other.stream ? -1 : 1));
  }

  private shortest(): readonly [stream: string, length: number] {
    return [...this.lengths].reduce((least, one) => (one[1] < least[1] ? one : least));
  }
}
