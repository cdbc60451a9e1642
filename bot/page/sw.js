// What opens without network: first aid and help lines, and the shell of the chat. No conversation passes through
// here: the addresses under /chat/ are left alone.

const CACHE = "lachan";
const AID = "/giup";
const SHELL = "/";
const PATIENCE = 3000; // ms that a slow network gets before the kept copy is shown
const ASSETS = /(?:href|src)="(\/page\/[^"]+)"/g;

self.addEventListener("install", (event) => event.waitUntil(Promise.all([refresh(AID), refresh(SHELL)]).then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== location.origin) return;
  if (event.request.mode === "navigate" && address.pathname === AID) event.respondWith(aid(event));
  else if (event.request.mode === "navigate" && address.pathname === SHELL) event.respondWith(shell(event));
  else if (address.pathname.startsWith("/page/")) event.respondWith(asset(event.request, address));
  else if (address.pathname === "/manifest.webmanifest") event.respondWith(networkFirst(event.request));
});

/** Whoever needs help sees at once what is kept; the newest copy is fetched behind it. */
async function aid(event) {
  const kept = await caches.match(AID);
  const fresh = refresh(AID);
  if (!kept) return fresh;
  event.waitUntil(fresh.catch(() => {})); // no network: the copy that is kept stays
  return kept;
}

/** The chat comes from the server, or after a while without an answer from the copy. */
async function shell(event) {
  const fresh = fetch(event.request);
  event.waitUntil(fresh.then((answer) => answer.ok && keepPage(SHELL, answer.clone())).catch(() => {}));
  return impatient(fresh.then((answer) => answer.clone()), SHELL);
}

/** A file with a hash in its address never changes; one without is asked for anew. */
async function asset(request, address) {
  const kept = address.search && (await caches.match(request));
  return kept || networkFirst(request);
}

const networkFirst = (request) =>
  impatient(
    fetch(request).then(async (answer) => {
      if (answer.ok) await (await caches.open(CACHE)).put(request, answer.clone());
      return answer;
    }),
    request,
  );

/** `fresh`, or the kept copy when it fails, is refused by the server, or takes too long. */
async function impatient(fresh, key) {
  const kept = await caches.match(key);
  if (!kept) return fresh;
  const tired = new Promise((resolve) => setTimeout(resolve, PATIENCE, kept));
  const sound = fresh.then((answer) => (answer.ok ? answer : kept));
  return Promise.race([sound, tired]).catch(() => kept);
}

async function refresh(path) {
  const answer = await fetch(path, { cache: "no-cache", credentials: "omit" });
  if (answer.ok) await keepPage(path, answer.clone());
  return answer;
}

/** Keep a page with the files it names, then drop the files that no kept page names any more. */
async function keepPage(path, answer) {
  const cache = await caches.open(CACHE);
  const named = files(await answer.clone().text());
  await Promise.all(named.map(async (file) => (await cache.match(file)) || cache.add(file)));
  await cache.put(path, answer);
  const pages = await Promise.all([AID, SHELL].map(async (page) => (await (await cache.match(page))?.text()) ?? ""));
  const wanted = new Set(pages.flatMap(files));
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    if (pathname.startsWith("/page/") && !wanted.has(pathname + search)) await cache.delete(request);
  }
}

const files = (html) => [...html.matchAll(ASSETS)].map(([, file]) => file);
