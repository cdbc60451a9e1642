// Quick exit: forget first, then blank the page, then go, leaving no entry to come back to.

import * as keep from "./keep.js";

const TWICE = 800; // ms within which Esc is pressed twice

/** Wire the exit link and the Esc key; `before()` stops what is under way. */
export function quickExit(link, before = () => {}) {
  const go = () => {
    keep.forget();
    before();
    document.title = "\u00a0";
    document.body.replaceChildren();
    location.replace(link.href);
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    go();
  });
  twice("Escape", go);
}

function twice(key, act) {
  let before = -Infinity;
  document.addEventListener("keydown", (event) => {
    if (event.key !== key || event.repeat) return;
    if (event.timeStamp - before < TWICE) act();
    before = event.timeStamp;
  });
}
