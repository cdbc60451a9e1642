// On a shared device a conversation ends after 15 minutes in which nobody was there, with a word of warning.

import * as keep from "./keep.js";

const WARN = 60_000; // ms before the end
const LOOK = 5_000; // ms between looks at the clock: one timer of 15 minutes would sleep with the computer
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

/** `warn()` is called a minute before the end, `back()` when someone is there after all, `out()` at the end. */
export class Idle {
  #warn;
  #back;
  #out;
  #warned = false;
  #noted = 0;
  #place = "";

  constructor({ warn, back, out }) {
    [this.#warn, this.#back, this.#out] = [warn, back, out];
    for (const name of SIGNS) window.addEventListener(name, (event) => this.#sign(event), { passive: true, capture: true });
    document.addEventListener("visibilitychange", () => this.look());
    setInterval(() => this.look(), LOOK);
  }

  /** Look at the clock; true if this was the end. */
  look() {
    if (!keep.anything()) return false;
    if (keep.idleOut()) {
      this.#warned = false;
      this.#out();
      return true;
    }
    if (!this.#warned && keep.idleLeft() <= WARN) {
      this.#warned = true;
      this.#warn();
    }
    return false;
  }

  #sign(event) {
    if (this.#unmoved(event) || !keep.anything() || this.look()) return;
    const now = Date.now();
    if (now - this.#noted > 1000) keep.touch((this.#noted = now));
    if (this.#warned) this.#back();
    this.#warned = false;
  }

  /** Browsers report a move when the page moves under a pointer that lies still: that is nobody. */
  #unmoved(event) {
    if (event.type !== "pointermove") return false;
    const place = `${event.screenX},${event.screenY}`;
    const same = place === this.#place;
    this.#place = place;
    return same;
  }
}
