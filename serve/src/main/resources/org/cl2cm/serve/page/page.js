import { SIGNS, changed, joined, parts } from "./filter.js";
import { LANGUAGE, text } from "./texts.js";

const FIRST = 24;
const MOST = 240;
const $ = (id) => document.getElementById(id);

// What is asked. Words, collection, filter and the like stand in the address, so that a search can be passed on and the
// browser's "back" works; a picture does not.
const asked = { picture: null, like: "", top: FIRST };
let collections = [];
let running = null;
let token = sessionStorage.getItem("token") ?? "";
// Values of keyword fields that results had, by collection and field: what is offered when a filter is made.
const seen = {};
const MOST_SEEN = 200;

// ---- the server

class Refused extends Error {
  constructor(status, detail, pointer, after) {
    super(detail);
    Object.assign(this, { status, pointer, after });
  }
}

async function call(path, options = {}) {
  const headers = { ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  let answer;
  try {
    answer = await fetch(path, { ...options, headers });
  } catch (e) {
    if (e.name === "AbortError") throw e;
    throw new Refused(0, text("failed"));
  }
  if (answer.status === 401) {
    await askForToken();
    return call(path, options);
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, problem.detail ?? answer.statusText, problem.pointer, answer.headers.get("Retry-After"));
  }
  return answer;
}

function askForToken() {
  return new Promise((done) => {
    $("token").value = "";
    $("key").showModal();
    $("key").addEventListener("close", () => {
      token = $("token").value.trim();
      sessionStorage.setItem("token", token);
      done();
    }, { once: true });
  });
}

/** Shows a picture of the server; with a token it cannot be a plain address. */
async function show(image, path) {
  if (!token) {
    image.src = path;
    return;
  }
  const address = URL.createObjectURL(await (await call(path)).blob());
  image.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
  image.src = address;
}

// ---- asking

function request() {
  const ask = { top: asked.top };
  const words = $("words").value.trim();
  const parts = [];
  if (words) parts.push({ text: words });
  if (asked.like) parts.push({ like: asked.like });
  if (asked.picture) parts.push({ image: { base64: asked.picture.base64 } });
  const without = $("without").value.trim();
  if (parts.length === 0) return null;
  if (parts.length === 1 && !without) Object.assign(ask, parts[0]);
  else ask.parts = parts;
  if (without) ask.without = [{ text: without }];
  if ($("filter").value.trim()) ask.filter = $("filter").value.trim();
  if ($("hybrid").checked && words) ask.hybrid = true;
  if ($("least").value && ask.text) ask.min_score = Number($("least").value);
  return ask;
}

async function search() {
  running?.abort();
  const ask = request();
  if (!ask || !$("collection").value) {
    results([]);
    blank(collections.length === 0 ? text("none") : text("start"));
    note("");
    return;
  }
  const mine = new AbortController();
  running = mine;
  document.body.setAttribute("aria-busy", "true");
  try {
    const answer = await (await call(`v1/collections/${encodeURIComponent($("collection").value)}/search`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(ask),
      signal: mine.signal,
    })).json();
    results(answer.hits, answer);
    remember(answer.hits);
    tell(answer, ask);
  } catch (e) {
    if (e.name === "AbortError") return;
    results([]);
    blank("");
    note(reason(e), true);
    const field = { "/filter": "filter", "/without/0/text": "without", "/text": "words" }[e.pointer];
    $("filter").toggleAttribute("aria-invalid", field === "filter");
    if (field && field !== "words") {
      $("more").open = true;
      $(field).focus();
    }
  } finally {
    if (running === mine) document.body.removeAttribute("aria-busy");
  }
}

function reason(e) {
  if (e.status === 429) return text("busy", e.after ?? "1");
  if (e.status === 413) return text("big");
  return e.message;
}

function tell(answer, ask) {
  $("filter").removeAttribute("aria-invalid");
  const said = [text("found", answer.hits.length, Math.round(answer.took_ms.total))];
  const language = answer.language;
  if (language) said.push(text("language", nameOf(language.code)));
  if (language && !language.trained) said.push(text("untrained", nameOf(language.code)));
  if (answer.hits.some((hit) => hit.background)) said.push(text("background"));
  note(said.join(" · "));
  if (answer.hits.length === 0) {
    blank(text(ask.min_score ? "nothingLikely" : ask.filter ? "nothingFiltered" : "nothing"));
  } else {
    blank("");
  }
  $("next").hidden = answer.hits.length < asked.top || asked.top >= MOST;
}

function nameOf(code) {
  try {
    return new Intl.DisplayNames([LANGUAGE], { type: "language" }).of(code);
  } catch {
    return code;
  }
}

function note(line, bad = false) {
  $("note").textContent = line;
  $("note").classList.toggle("bad", bad);
}

function blank(line) {
  $("blank").textContent = line;
  $("blank").hidden = !line;
}

// ---- what was found

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function results(hits) {
  $("hits").replaceChildren(...hits.map(tile));
  if (hits.length === 0) $("next").hidden = true;
}

function tile(hit) {
  const frame = element("div", { className: "frame" });
  if (hit.media) {
    const picture = element("img", { alt: caption(hit) || hit.id, loading: "lazy", decoding: "async" });
    picture.addEventListener("error", () => frame.replaceChildren(element("span", { className: "name", textContent: hit.id })));
    show(picture, `${hit.media.replace(/\/media$/, "")}/thumbnail?size=320`.replace(/^\//, "")).catch(() => {});
    frame.append(picture);
  } else {
    frame.append(element("span", { className: "name", textContent: hit.id }));
  }
  const open = element("button", { type: "button", className: "open", title: hit.id }, frame);
  open.addEventListener("click", () => details(hit));
  const like = element("button", { type: "button", className: "like", textContent: text("like") });
  like.setAttribute("aria-label", `${text("like")}: ${caption(hit) || hit.id}`);
  like.addEventListener("click", () => moreLike(hit.id));
  const line = element("p", { className: "caption", dir: "auto", textContent: [moment(hit), caption(hit)].filter(Boolean).join(" · ") });
  const entry = element("li", { className: hit.background ? "hit background" : "hit" }, open, line,
    element("div", { className: "foot" }, score(hit), like));
  entry.dataset.id = hit.id;
  return entry;
}

function score(hit) {
  const known = hit.probability !== undefined;
  const said = known ? percent(hit.probability) : hit.score.toFixed(2);
  const bar = element("meter", { min: 0, max: 1, value: known ? Math.sqrt(hit.probability) : Math.max(0, hit.score) });
  bar.setAttribute("aria-hidden", "true");
  return element("span", { className: "score", title: hit.score.toFixed(4) }, bar, said);
}

function percent(share) {
  return new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumSignificantDigits: share < 0.01 ? 1 : 2 }).format(share);
}

/** A caption in the language of the page, else in English, else any. */
function caption(hit) {
  const keys = Object.keys(hit.fields).filter((key) => key.startsWith("caption."));
  const key = [`caption.${LANGUAGE}`, "caption.en", ...keys].find((name) => name in hit.fields);
  return key ? hit.fields[key].split("\n")[0] : "";
}

/** Of a video, the time that was found. */
function moment(hit) {
  const { start, end } = hit.fields;
  return start === undefined || end === undefined ? "" : text("moment", clock(start), clock(end));
}

function clock(seconds) {
  const whole = Math.floor(Number(seconds));
  const rest = String(whole % 60).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)}:${rest}`;
  return `${Math.floor(whole / 3600)}:${String(Math.floor(whole / 60) % 60).padStart(2, "0")}:${rest}`;
}

/** Plays the moment that was found, and stops at its end once; what comes after can be played on. */
async function play(hit) {
  const player = $("item-video");
  const start = Number(hit.fields.start);
  const end = Number(hit.fields.end);
  player.hidden = false;
  player.onloadedmetadata = () => {
    player.currentTime = start;
    player.play().catch(() => {});
  };
  player.ontimeupdate = () => {
    if (player.currentTime >= end) {
      player.ontimeupdate = null;
      player.pause();
      // The time is told a few times a second only: the picture that stays is one of the moment.
      player.currentTime = Math.max(start, end - 0.1);
    }
  };
  // What cannot be played here is shown as the frame in its middle.
  player.onerror = () => {
    player.hidden = true;
    still(hit);
  };
  const path = hit.media.replace(/^\//, "");
  if (!token) {
    player.src = path;
    return;
  }
  player.src = URL.createObjectURL(await (await call(path)).blob());
}

function stop() {
  const player = $("item-video");
  player.onerror = null;
  player.pause();
  if (player.src.startsWith("blob:")) URL.revokeObjectURL(player.src);
  player.removeAttribute("src");
  player.load();
  player.hidden = true;
}

function still(hit) {
  const picture = $("item-picture");
  picture.hidden = !hit.media;
  picture.alt = caption(hit) || hit.id;
  if (hit.media) show(picture, `${hit.media.replace(/\/media$/, "")}/thumbnail?size=1024`.replace(/^\//, "")).catch(() => {});
}

function details(hit) {
  $("item-title").textContent = hit.id;
  const fields = Object.entries(hit.fields).filter(([key]) => !key.startsWith("_"));
  const rows = [["score", hit.score.toFixed(4)], ...fields];
  $("item-fields").replaceChildren(...rows.flatMap(([key, value]) =>
    [element("dt", { textContent: key }), element("dd", { dir: "auto", textContent: value })]));
  $("item-picture").removeAttribute("src");
  $("item-picture").hidden = true;
  if (hit.media && moment(hit)) {
    play(hit).catch(() => {
      stop();
      still(hit);
    });
  } else {
    still(hit);
  }
  $("item-like").onclick = () => {
    $("item").close();
    moreLike(hit.id);
  };
  $("item").showModal();
}

function moreLike(id) {
  $("words").value = "";
  asked.picture = null;
  asked.like = id;
  begin();
}

// ---- what was given besides words

function given() {
  const what = asked.picture
    ? [element("img", { src: asked.picture.address, alt: "" }), element("span", { className: "what", textContent: asked.picture.name || text("given") })]
    : asked.like ? [element("span", { className: "what", dir: "auto", textContent: text("likeOf", asked.like) })] : [];
  $("given").hidden = what.length === 0;
  if (what.length === 0) return;
  const remove = element("button", { type: "button", textContent: text("remove") });
  remove.addEventListener("click", () => {
    asked.picture = null;
    asked.like = "";
    begin();
    $("words").focus();
  });
  $("given").replaceChildren(...what, remove);
}

async function take(file) {
  if (!file || !file.type.startsWith("image/")) return;
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  if (asked.picture) URL.revokeObjectURL(asked.picture.address);
  asked.picture = { base64: btoa(binary), name: file.name, address: URL.createObjectURL(file) };
  asked.like = "";
  $("words").value = "";
  begin();
}

// ---- the address

const KEPT = ["words", "without", "filter", "least"];

/** Starts a new search and keeps it in the address. */
function begin() {
  asked.top = FIRST;
  filterChanged();
  const state = new URLSearchParams();
  for (const id of KEPT) if ($(id).value.trim()) state.set(id, $(id).value.trim());
  if ($("hybrid").checked) state.set("hybrid", "1");
  if (asked.like) state.set("like", asked.like);
  if ($("collection").value) state.set("in", $("collection").value);
  const address = `#${state}`;
  if (address !== location.hash) history.pushState(null, "", address);
  given();
  search();
}

function fromAddress() {
  const state = new URLSearchParams(location.hash.slice(1));
  for (const id of KEPT) $(id).value = state.get(id) ?? "";
  $("hybrid").checked = state.has("hybrid");
  asked.like = state.get("like") ?? "";
  asked.picture = null;
  asked.top = FIRST;
  const wanted = state.get("in");
  if (wanted && collections.some((one) => one.name === wanted)) $("collection").value = wanted;
  $("more").open ||= ["without", "filter", "least", "hybrid"].some((key) => state.has(key));
  fields();
  given();
  search();
}

/** Offers the declared fields while a filter is written. */
function fields() {
  const one = collections.find((any) => any.name === $("collection").value);
  const sign = { keyword: "=", number: ">=", date: ">=", text: "~" };
  $("fields").replaceChildren(...Object.entries(one?.fields ?? {}).map(([name, type]) =>
    element("option", { value: `${name}${sign[type]}` })));
  controls(one?.fields ?? {});
  $("words").disabled = one ? one.text_queries === false : false;
  $("words").placeholder = text($("words").disabled ? "noWords" : "words");
}

// ---- the filter: a text, with controls for its parts and a chip for each

/** Makes controls for the declared fields of a collection. */
function controls(declared) {
  $("controls").setAttribute("aria-label", text("filter"));
  $("controls").hidden = Object.keys(declared).length === 0;
  $("controls").replaceChildren(...Object.entries(declared).map(([field, type]) => {
    const inputs = SIGNS[type].map((sign) => control(field, type, sign));
    return element("div", { className: "control" }, element("span", { textContent: field, dir: "auto" }), element("div", { className: "pair" }, ...inputs));
  }));
  offer();
  filterChanged();
}

function control(field, type, sign) {
  const input = element("input", { type: { number: "number", date: "date" }[type] ?? "text", dir: "auto", autocomplete: "off" });
  if (type === "number") input.step = "any";
  const bound = { ">=": text("from"), "<=": text("to") }[sign];
  if (bound) input.placeholder = bound;
  input.setAttribute("aria-label", bound ? `${field}: ${bound}` : field);
  Object.assign(input.dataset, { field, sign, type });
  if (type === "keyword") {
    const list = element("datalist", { id: `values-${field}` });
    input.setAttribute("list", list.id);
    document.getElementById(list.id)?.remove();
    document.body.append(list);
  }
  input.addEventListener("change", () => {
    $("filter").value = joined(changed(parts($("filter").value), field, sign, input.value.trim()));
    begin();
  });
  return input;
}

/** Shows what stands in the filter. */
function filterChanged() {
  const all = parts($("filter").value);
  for (const input of $("controls").querySelectorAll("input")) {
    const { field, sign } = input.dataset;
    const value = all.find((part) => part.field === field && part.sign === sign)?.value ?? "";
    if (input.value !== value) input.value = value;
  }
  $("chips").hidden = all.length === 0;
  $("chips").replaceChildren(...all.map((part, i) => {
    const chip = element("button", { type: "button", className: "chip" },
      element("span", { dir: "auto", textContent: part.text }), element("span", { textContent: "✕", className: "cross" }));
    chip.lastChild.setAttribute("aria-hidden", "true");
    chip.setAttribute("aria-label", `${text("remove")}: ${part.text}`);
    chip.addEventListener("click", () => {
      $("filter").value = joined(all.filter((_, other) => other !== i));
      begin();
      ($("chips").querySelectorAll("button")[Math.min(i, all.length - 2)] ?? $("words")).focus();
    });
    return element("li", {}, chip);
  }));
}

/** Keeps the values of keyword fields, to offer them. */
function remember(hits) {
  const name = $("collection").value;
  const declared = collections.find((one) => one.name === name)?.fields ?? {};
  for (const [field, type] of Object.entries(declared)) {
    if (type !== "keyword") continue;
    const values = ((seen[name] ??= {})[field] ??= new Set());
    for (const hit of hits) {
      for (const value of (hit.fields[field] ?? "").split("\n")) {
        if (value && value.length <= 100 && values.size < MOST_SEEN) values.add(value);
      }
    }
  }
  offer();
}

function offer() {
  for (const [field, values] of Object.entries(seen[$("collection").value] ?? {})) {
    document.getElementById(`values-${field}`)?.replaceChildren(
      ...[...values].sort().map((value) => element("option", { value })));
  }
}

// ---- keys, drops and the start

function keys(event) {
  if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName) && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    $("words").focus();
    $("words").select();
    return;
  }
  const tiles = [...document.querySelectorAll(".hit .open")];
  const at = tiles.indexOf(document.activeElement);
  if (at < 0 && !(event.key === "ArrowDown" && document.activeElement === $("words"))) return;
  const columns = getComputedStyle($("hits")).gridTemplateColumns.split(" ").length;
  const forward = getComputedStyle(document.body).direction === "rtl" ? -1 : 1;
  const step = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: at < 0 ? 1 : columns, ArrowUp: -columns }[event.key];
  if (!step) return;
  event.preventDefault();
  const to = at + step;
  if (to < 0) $("words").focus();
  else tiles[Math.min(to, tiles.length - 1)]?.focus();
}

function drops() {
  let depth = 0;
  const has = (event) => [...event.dataTransfer.items].some((item) => item.kind === "file");
  addEventListener("dragenter", (event) => { if (has(event)) { depth++; $("drop").hidden = false; } });
  addEventListener("dragleave", (event) => { if (has(event) && --depth <= 0) { depth = 0; $("drop").hidden = true; } });
  addEventListener("dragover", (event) => { if (has(event)) event.preventDefault(); });
  addEventListener("drop", (event) => {
    depth = 0;
    $("drop").hidden = true;
    if (has(event)) {
      event.preventDefault();
      take(event.dataTransfer.files[0]);
    }
  });
  addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    if (file) {
      event.preventDefault();
      take(file);
    }
  });
}

async function start() {
  document.documentElement.lang = LANGUAGE;
  document.documentElement.dir = LANGUAGE === "ar" ? "rtl" : "ltr";
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = text(one.dataset.text);
  $("words").placeholder = text("words");
  blank(text("start"));
  $("search").addEventListener("submit", (event) => { event.preventDefault(); begin(); });
  for (const id of ["collection", "least", "hybrid"]) $(id).addEventListener("change", () => { fields(); begin(); });
  $("filter").addEventListener("input", filterChanged);
  $("picture").addEventListener("change", () => { take($("picture").files[0]); $("picture").value = ""; });
  document.querySelector("label[for=picture]").addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); $("picture").click(); }
  });
  $("item").addEventListener("close", stop);
  $("next").addEventListener("click", () => { asked.top = Math.min(MOST, asked.top * 2); search(); });
  addEventListener("keydown", keys);
  addEventListener("popstate", fromAddress);
  drops();
  try {
    collections = (await (await call("v1/collections")).json()).collections;
    $("collection").replaceChildren(...collections.map((one) => element("option", { value: one.name, textContent: one.name })));
    fromAddress();
  } catch (e) {
    blank("");
    note(reason(e), true);
  }
}

start();
