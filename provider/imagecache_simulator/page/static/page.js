// The page: holds what the stream has told of the account, and has it drawn at most once a frame.

import { drawAccount } from "./account.js";
import { setText, readable, counted } from "./elements.js";
import { drawRequests, takeRequests } from "./requests.js";

const COMES_BACK_AFTER = 2000;
const ANNOUNCES_EVERY = 3000;
const MOST_NAMES = 3;
const ENDS = new Set(["Ready", "Failed", "UpdateFailed"]);

const shown = (id) => document.getElementById(id);
const resources = new Map();
const filter = shown("filter").querySelector("input");
let clock = "";
let drawn = false;
let ended = [];
let announcing = false;

/** Take a message of the stream in; news.py documents its shape. */
function take(message) {
  if (message.account) {
    resources.clear();
    introduce(message.account);
  }
  clock = message.clock;
  for (const [kind, changes] of Object.entries(message.resources ?? {})) {
    const known = of(kind);
    for (const [id, fields] of Object.entries(changes)) {
      const before = known.get(id);
      known.set(id, merged(before, fields));
      if (kind === "image_caches" && !message.account) notice(before, known.get(id));
    }
  }
  for (const [kind, ids] of Object.entries(message.gone ?? {})) {
    for (const id of ids) of(kind).delete(id);
  }
  takeRequests(message.requests ?? [], Boolean(message.account));
  if (!drawn) requestAnimationFrame(draw);
  drawn = true;
}

function of(kind) {
  if (!resources.has(kind)) resources.set(kind, new Map());
  return resources.get(kind);
}

function merged(before, fields) {
  const now = { ...before, ...fields };
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) delete now[name];
  }
  return now;
}

function draw() {
  drawn = false;
  setText(shown("clock"), readable(clock));
  shown("clock").dateTime = clock;
  const found = drawAccount(shown("account"), of, filter.value.trim().toLowerCase());
  setText(shown("summary"), found.summary);
  shown("empty").hidden = found.count > 0;
  shown("filter").hidden = of("image_caches").size === 0;
  drawRequests(shown("request-list"), shown("request-summary"));
}

function introduce(account) {
  setText(shown("account-id"), ` · account ${account.id}`);
  setText(shown("region"), account.region);
  for (const each of document.querySelectorAll(".endpoint")) setText(each, location.host);
  for (const each of document.querySelectorAll(".access-key-id")) setText(each, account.access_key_id);
  setText(shown("with-pulumi"), [
    `pulumi config set imagecache:endpoint ${location.host}`,
    "pulumi config set imagecache:protocol HTTP",
    `pulumi config set imagecache:region ${account.region}`,
    `pulumi config set imagecache:accessKey ${account.access_key_id}`,
    "pulumi config set --secret imagecache:secretKey",
  ].join("\n"));
  setText(shown("with-python"), [
    "Config(",
    `    endpoint="${location.host}",`,
    '    protocol="HTTP",',
    `    region_id="${account.region}",`,
    `    access_key_id="${account.access_key_id}",`,
    "    access_key_secret=…,",
    ")",
  ].join("\n"));
}

/** Remember a build that has ended, and say so: a few names at once, and not all the time. */
function notice(before, cache) {
  if (before?.Status === cache.Status || !ENDS.has(cache.Status)) return;
  ended.push(`${cache.ImageCacheName} is ${cache.Status}`);
  if (!announcing) setTimeout(announce, ANNOUNCES_EVERY);
  announcing = true;
}

function announce() {
  announcing = false;
  const text = ended.length > MOST_NAMES ? `${counted(ended.length, "build")} ended` : ended.join(", ");
  setText(shown("announcement"), text);
  ended = [];
}

function say(state, text) {
  shown("connection").dataset.state = state;
  setText(shown("connection"), text);
}

/** Follow the stream. A browser comes back by itself after a cut, but not after an answer that's no stream. */
function connect() {
  const stream = new EventSource("/_simulator/events");
  stream.onmessage = (event) => {
    take(JSON.parse(event.data));
    say("live", "live");
  };
  stream.onerror = () => {
    say("disconnected", "disconnected, trying again");
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, COMES_BACK_AFTER);
  };
}

filter.addEventListener("input", () => {
  if (!drawn) requestAnimationFrame(draw);
  drawn = true;
});
connect();
