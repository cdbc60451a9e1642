// Messages that arrive by themselves. The line is open only while the page is looked at: a phone in a pocket
// needs no radio, and the server replays what was missed.

import { eventsAddress } from "./api.js";
import * as keep from "./keep.js";

const AGAIN = 15_000; // ms before a line that the server refused is tried again

export class Events {
  #arrived;
  #source = null;
  #session = null;
  #timer = null;

  /** `arrived(message)` gets each one. */
  constructor(arrived) {
    this.#arrived = arrived;
  }

  /** Open or close the line as things stand now. */
  update() {
    const session = document.visibilityState === "visible" && navigator.onLine ? keep.session() : null;
    if (session === this.#session && (this.#source || this.#timer || !session)) return;
    this.close();
    if (session) this.#open(session);
  }

  close() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = this.#session = this.#timer = null;
  }

  #open(session) {
    this.#session = session;
    const source = (this.#source = new EventSource(eventsAddress(session, keep.last())));
    source.addEventListener("message", (event) => this.#take(source, event));
    source.addEventListener("error", () => this.#failed(source));
  }

  #take(source, event) {
    if (source !== this.#source) return; // closed meanwhile: it belongs to someone who left
    if (event.lastEventId) keep.setLast(event.lastEventId);
    this.#arrived(JSON.parse(event.data));
  }

  /** The browser itself comes back after a lost line; a refused one it gives up, so the page waits and tries. */
  #failed(source) {
    if (source !== this.#source || source.readyState !== EventSource.CLOSED) return;
    this.#source = null;
    this.#timer = setTimeout(() => {
      this.close();
      this.update();
    }, AGAIN);
  }
}
