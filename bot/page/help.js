// The first aid page works without any script; this adds the quick exit that forgets, jumps that leave no trace in
// the history, and the copy for no network.

import { quickExit } from "./leave.js";

for (const link of document.querySelectorAll("nav a")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const section = document.querySelector(link.hash);
    section.scrollIntoView();
    section.focus({ preventScroll: true });
  });
}
quickExit(document.getElementById("leave"));
navigator.serviceWorker?.register("/sw.js");
