// The service worker: opens the app without a network, and sends by itself where the browser lets it.
// Its address (`/sw.js`) hands over what belongs to one release: the cache's name, the shell and its files.

import { fact, keepFact, leave } from "./outbox.js";
import { flush, SYNC } from "./sender.js";

const PREFIX = "kinerja-";
const START_MS = 8000;
const AWAY = [502, 504];

const HASHED = /^\/static\/.+\.[0-9a-f]{12}\.(js|css|svg)$/;

/** Listen. `starts` are the paths that the app opens with: there a slow answer is worse than the shell. `pages` are the
 * same for everybody and open without a network once they were seen. */
export function serve({ version, shell, files, starts, pages, logout }) {
  const name = PREFIX + version;
  const kept = new Set(files);

  self.addEventListener("install", (event) => {
    event.waitUntil(install().then(() => self.skipWaiting()));
  });
  async function install() {
    const cache = await caches.open(name);
    // Files carry their content in their names: what the page has loaded a moment ago comes out of the browser's cache.
    await cache.addAll(files);
    await cache.add(new Request(shell, { cache: "reload" }));
  }

  self.addEventListener("activate", (event) => event.waitUntil(activate()));
  async function activate() {
    for (const each of await caches.keys()) if (each.startsWith(PREFIX) && each !== name) await caches.delete(each);
    await self.registration.navigationPreload?.enable();
    await self.clients.claim();
  }

  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (origin !== location.origin) return;
    if (request.method === "POST" && pathname === logout) event.respondWith(logOut(request));
    if (request.method !== "GET") return;
    if (request.mode === "navigate") event.respondWith(page(event, pathname));
    else if (kept.has(pathname) || HASHED.test(pathname)) event.respondWith(file(event));
  });

  /** Whoever leaves is gone from this phone at once; what waits stays theirs. The server may hear of it later. */
  async function logOut(request) {
    const form = await request.clone().text();
    await leave();
    try {
      return await fetch(request);
    } catch {
      await keepFact("logout", form);
      return (await caches.match(shell)) ?? Response.error();
    }
  }

  /** Tell the server now of a log-out that it has not heard of: nobody gets a page with that session before. */
  async function finishLogOut(form) {
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    await fetch(logout, { method: "POST", body: form, headers, redirect: "manual" });
    await keepFact("logout", "");
  }

  async function page(event, pathname) {
    const answer = fromNetwork(event);
    const isStart = starts.includes(pathname);
    try {
      const response = isStart ? await soon(answer) : await answer;
      if (pages.includes(pathname)) keep(event, response);
      const isAway = AWAY.includes(response.status) || (response.status === 503 && !response.headers.has("X-Request-Id"));
      return (isStart && isAway && (await caches.match(shell))) || response;
    } catch {
      // Only what a page or we put by on purpose is in a cache.
      return (await caches.match(pathname)) ?? (await caches.match(shell)) ?? answer;
    }
  }

  function keep(event, response) {
    if (!response.ok || response.redirected || response.type !== "basic") return;
    const copy = response.clone();
    event.waitUntil(caches.open(name).then((cache) => cache.put(new URL(event.request.url).pathname, copy)));
  }

  async function fromNetwork(event) {
    const form = await fact("logout");
    if (!form) return (await event.preloadResponse) ?? fetch(event.request);
    await finishLogOut(form);
    return fetch(event.request);
  }

  function soon(answer) {
    return new Promise((resolve, reject) => {
      answer.then(resolve, reject);
      setTimeout(reject, START_MS, new DOMException("slow", "TimeoutError"));
    });
  }

  async function file(event) {
    const known = await caches.match(event.request);
    if (known) return known;
    const response = await fetch(event.request);
    keep(event, response);
    return response;
  }

  self.addEventListener("sync", (event) => {
    if (event.tag === SYNC) event.waitUntil(send());
  });
  async function send() {
    const { left, why } = await flush({ urgent: true });
    // The browser tries again by itself, later each time. A key without a name needs a page.
    if (left && why !== "unknown") throw new Error(`${left} left`);
  }
}
