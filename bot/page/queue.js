// What the person says goes out one by one, in order, and waits where it can't: after each failure a longer pause,
// and at once when the network is back.
//
// A server that can keep nothing still answers questions and gives help, so what it couldn't take holds up nothing
// that is said after it.

const PAUSES = [1000, 2000, 4000, 8000, 15000]; // ms; the last one repeats

export class Queue {
  #deliver;
  #settled;
  #items = [];
  #failures = 0;
  #timer = null;
  #passable = false; // the server is there: what was never tried doesn't wait for what it couldn't take
  #flight = null; // the AbortController of the message that is under way

  /** `deliver(item, signal)` gives an outcome; `settled(item, outcome)` is told each of them. */
  constructor(deliver, settled) {
    this.#deliver = deliver;
    this.#settled = settled;
  }

  get waiting() {
    return [...this.#items];
  }

  /** Whether something new would have to wait, because the server is out of reach or asked to wait. */
  get stuck() {
    return this.#failures > 0 && !this.#passable;
  }

  add(item) {
    this.#items.push(item);
    this.#next();
  }

  /** Try now: the network is back, or the person looks again. */
  kick() {
    this.#rest();
    this.#next();
  }

  /** Drop everything, and let no answer that is still under way arrive. */
  clear() {
    this.#flight?.abort();
    this.#flight = null;
    this.#items = [];
    this.#failures = 0;
    this.#rest();
  }

  async #next() {
    const item = this.#ready();
    if (this.#flight || !item) return;
    const flight = (this.#flight = new AbortController());
    const outcome = await this.#deliver(item, flight.signal);
    if (this.#flight !== flight) return; // cleared meanwhile: this answer belongs to someone who left
    this.#flight = null;
    if (outcome.kind === "later") this.#pause(item, outcome);
    else this.#done(item, outcome);
    this.#settled(item, outcome);
    this.#next();
  }

  #ready() {
    if (this.#timer === null) return this.#items[0];
    return this.#passable ? this.#items.find(({ tried }) => !tried) : undefined;
  }

  #done(item, { kind }) {
    const before = this.#items.splice(0, this.#items.indexOf(item) + 1).slice(0, -1);
    const kept = before.filter(({ text }) => kind !== "answer" || text !== undefined);
    this.#items.unshift(...kept);
    if (!this.#items.length) this.#rest();
    if (this.#timer === null) this.#failures = 0;
    // A tap from before would put its own screen in the place of this answer.
    for (const late of before.filter((one) => !kept.includes(one))) this.#settled(late, { kind: "overtaken" });
  }

  #rest() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #pause(item, { why, wait }) {
    item.tried = this.#passable = why === "server";
    this.#rest();
    const step = PAUSES[Math.min(this.#failures++, PAUSES.length - 1)];
    const spread = step * (0.8 + 0.4 * Math.random()); // a whole school doesn't come back in the same second
    this.#timer = setTimeout(() => this.kick(), Math.max(wait, spread));
  }
}
