// What the person says goes out one by one, in order, and waits where it can't: after each failure a longer pause,
// and at once when the network is back.

const PAUSES = [1000, 2000, 4000, 8000, 15000]; // ms; the last one repeats

export class Queue {
  #deliver;
  #settled;
  #items = [];
  #failures = 0;
  #timer = null;
  #flight = null; // the AbortController of the message that is under way

  /** `deliver(item, signal)` gives an outcome; `settled(item, outcome)` is told each of them. */
  constructor(deliver, settled) {
    this.#deliver = deliver;
    this.#settled = settled;
  }

  get waiting() {
    return [...this.#items];
  }

  /** Whether the first message could not be handed over and waits for another try. */
  get stuck() {
    return this.#failures > 0;
  }

  add(item) {
    this.#items.push(item);
    this.#next();
  }

  /** Try now: the network is back, or the person looks again. */
  kick() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#next();
  }

  /** Drop everything, and let no answer that is still under way arrive. */
  clear() {
    this.#flight?.abort();
    this.#flight = null;
    this.#items = [];
    this.#failures = 0;
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #next() {
    if (this.#flight || this.#timer || !this.#items.length) return;
    const flight = (this.#flight = new AbortController());
    const item = this.#items[0];
    const outcome = await this.#deliver(item, flight.signal);
    if (this.#flight !== flight) return; // cleared meanwhile: this answer belongs to someone who left
    this.#flight = null;
    if (outcome.kind === "later") this.#pause(outcome.wait);
    else this.#done();
    this.#settled(item, outcome);
    this.#next();
  }

  #done() {
    this.#items.shift();
    this.#failures = 0;
  }

  #pause(wait) {
    const step = PAUSES[Math.min(this.#failures++, PAUSES.length - 1)];
    const spread = step * (0.8 + 0.4 * Math.random()); // a whole school doesn't come back in the same second
    this.#timer = setTimeout(() => this.kick(), Math.max(wait, spread));
  }
}
