{% if is_on %}// Keeps pages that were read for when there is no network. It keeps what the site calls
// public and nothing else: no answer of the quiz, nothing of the desk.

const KEPT = "read-1"; // another name throws away what was kept
const MOST = 150;

addEventListener("install", () => skipWaiting());

addEventListener("activate", (event) => {
  event.waitUntil(forget((name) => name !== KEPT).then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method === "GET" && origin === location.origin && !pathname.startsWith("/admin/")) {
    event.respondWith(answer(event));
  }
});

async function answer(event) {
  const { request } = event;
  try {
    const response = await fetch(request);
    event.waitUntil(keep(request, response.clone()).catch(() => {}));
    return response;
  } catch (error) {
    const kept = await caches.match(request, { cacheName: KEPT });
    if (kept) {
      return kept;
    }
    throw error;
  }
}

async function keep(request, response) {
  const cache = await caches.open(KEPT);
  if (isPublic(response)) {
    await cache.put(request, response);
    const all = await cache.keys();
    await Promise.all(all.slice(0, Math.max(0, all.length - MOST)).map((one) => cache.delete(one)));
  } else if (response.status !== 304) {
    await cache.delete(request);
  }
}

function isPublic(response) {
  const control = response.headers.get("Cache-Control") ?? "";
  return response.status === 200 && !response.redirected
    && /\bpublic\b/.test(control) && !/\b(?:private|no-store)\b/.test(control);
}
{% else %}// The site keeps nothing for when there is no network, and removes what it had kept.

addEventListener("install", () => skipWaiting());

addEventListener("activate", (event) => {
  event.waitUntil(forget(() => true).then(() => registration.unregister()));
});
{% endif %}
async function forget(isMeant) {
  const names = await caches.keys();
  await Promise.all(names.filter(isMeant).map((name) => caches.delete(name)));
}
