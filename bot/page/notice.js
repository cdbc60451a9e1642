// The line over the field that says how things stand: network, server, what is kept. It is a polite status:
// a screen reader says it once, when it changes.

import { make } from "./rich.js";
import { word } from "./words.js";

const GLAD = 6000; // ms that good news stays

export class Notice {
  #line;
  #key = "";
  #timer = null;

  constructor(line) {
    this.#line = line;
  }

  /** Trouble: "offline", "unreachable" or "busy"; the first two offer what opens without network. */
  trouble(key) {
    if (this.#key === key) return;
    const aid = make("a", "", word("firstAid"));
    Object.assign(aid, { href: "/giup", target: "_blank", rel: "noopener" }); // what waits here stays
    this.#set(key, key === "busy" ? [word(key)] : [`${word(key)} `, aid]);
  }

  /** The conversation is about to close because nobody seems to be there. */
  still() {
    this.#set("still", [word("still")]);
  }

  /** Someone is there after all. */
  here() {
    if (this.#key === "still") this.clear();
  }

  /** The trouble is over; said only if there was one. */
  well() {
    if (this.#key === "busy") return this.clear();
    if (this.#key !== "offline" && this.#key !== "unreachable") return;
    this.tell("online");
  }

  /** Good news, for a while. */
  tell(key) {
    this.#set(key, [word(key)], true);
    this.#timer = setTimeout(() => this.clear(), GLAD);
  }

  clear() {
    this.#set("", []);
  }

  #set(key, content, well = false) {
    clearTimeout(this.#timer);
    this.#key = key;
    this.#line.classList.toggle("well", well);
    this.#line.replaceChildren(...content);
  }
}
