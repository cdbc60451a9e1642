// One message of the bot, as an element: step, title, body, numbers to call, document, source, and its buttons.

import { placeCalls } from "./calls.js";
import { blocks, bold, make } from "./rich.js";
import { word } from "./words.js";

const LONG = 18; // characters; a longer label gets a line of its own
const ANSWERS = /^(scene:[^:]+:[^:]+:|quiz:a:)/; // a choice in a story, an option of a question

/** `<li>` with the message in a card and its buttons under it; a tap calls `tapped(button, element, event)`. */
export function messageItem(message, tapped) {
  const item = make("li", "new", card(message));
  item.tabIndex = -1; // so that the focus can be put here after a tap
  if (message.buttons?.length) item.append(choices(message, tapped));
  return item;
}

function card(message) {
  const box = make("div", message.urgent ? "bot urgent" : "bot");
  if (message.step) box.append(progress(...message.step));
  if (message.title) box.append(make("h2", "", ...bold(message.title)));
  const texts = blocks(message.body || (message.title ? "" : message.text ?? ""));
  box.append(...texts);
  const rest = placeCalls(texts, message);
  if (rest.length) box.append(make("p", "calls", ...rest));
  if (message.document) box.append(download(message.document));
  if (message.source) box.append(make("p", "source", message.source));
  return box;
}

function progress(step, steps) {
  const line = make("i");
  line.style.setProperty("--done", `${Math.round((100 * step) / steps)}%`);
  const seen = make("span", "", `${step}/${steps}`);
  seen.setAttribute("aria-hidden", "true");
  return make("p", "steps", make("span", "unseen", word("step", { step, steps })), seen, line);
}

/** A file made in the page from what the server said: no second request, nothing left in a cache. */
function download({ name, content }) {
  const link = make("a", "button first", word("download"));
  link.download = name;
  link.href = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  return link;
}

/** Answers and long labels in a list, what follows them (the way home) in a row under it. */
function choices({ buttons, step }, tapped) {
  const answers = buttons.filter(({ action }) => ANSWERS.test(action)).length;
  const listed = buttons.reduce((until, button, index) => (wide(button) ? index + 1 : until), 0);
  const made = buttons.map((button, index) => choice(button, index < answers ? letter(index) : "", tapped));
  if (step && !answers) made[0].classList.add("first"); // the way on
  const box = make("div", "choices");
  box.setAttribute("aria-live", "off"); // what is new is read aloud; its buttons are found by moving on
  if (listed) box.append(make("div", "list", ...made.slice(0, listed)));
  if (listed < made.length) box.append(make("div", "row", ...made.slice(listed)));
  return box;
}

const wide = ({ label, action }) => ANSWERS.test(action) || [...label].length > LONG;

/** The same letter that may be typed instead: the server counts the buttons from A. */
const letter = (index) => String.fromCharCode(65 + index);

function choice(button, mark, tapped) {
  const element = make("button", "", ...(mark ? [make("b", "", mark), " "] : []), make("span", "", button.label));
  element.type = "button";
  element.addEventListener("click", (event) => tapped(button, element, event));
  return element;
}
