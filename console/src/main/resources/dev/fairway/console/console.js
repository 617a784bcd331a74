// Keeps an open page true: follows the node's events, fetches the page anew when one concerns it, lets times grow older,
// and says so when the node cannot be heard.
const PATIENCE = 3_000;
const live = () => document.getElementById("live");

let source, pending, lostAt, warning, last = 0;

// What a person has begun on the page and a fresh page would take away.
function busy() {
  const page = live();
  const focus = document.activeElement;
  const typing = focus && page.contains(focus) && focus.matches("input, textarea, select");
  const selecting = String(getSelection()) !== "" && page.contains(getSelection().anchorNode);
  const edited = [...page.querySelectorAll("input, textarea")].some(field => field.value !== field.defaultValue);
  return typing || selecting || edited || page.querySelector("details.act[open]") !== null;
}

function refresh() {
  pending = undefined;
  if (!live() || document.hidden) return;
  if (busy()) { pending = setTimeout(refresh, 1500); return; }
  last = Date.now();
  const open = new Map([...live().querySelectorAll("details[id]")].map(d => [d.id, d.open]));
  const place = ["#live", "#pages"].find(part => document.querySelector(part).contains(document.activeElement));
  const focus = place && (document.activeElement.id || document.activeElement.getAttribute("href"));
  htmx.ajax("GET", location.pathname + location.search, { target: "#live", select: "#live", selectOOB: "#pages", swap: "outerHTML" }).then(() => {
    for (const [id, was] of open) document.getElementById(id)?.toggleAttribute("open", was);
    if (focus) [...document.querySelector(place).querySelectorAll("a, button, summary")].find(e => e.id === focus || e.getAttribute("href") === focus)?.focus({ preventScroll: true });
    showEntry();
    sayTimes();
  }).catch(() => {});
}

// On a narrow screen the navigation is one line that scrolls; the entry of this page shall be seen in it.
function showEntry() {
  const pages = document.getElementById("pages");
  const here = pages?.querySelector("[aria-current]");
  if (here) pages.scrollLeft = here.offsetLeft - pages.offsetLeft - (pages.clientWidth - here.offsetWidth) / 2;
}

const ofDay = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const ofYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const ofAll = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

function local(time) {
  const now = new Date();
  if (time.toDateString() === now.toDateString()) return ofDay.format(time);
  return (time.getFullYear() === now.getFullYear() ? ofYear : ofAll).format(time);
}

function ago(seconds) {
  const size = Math.abs(seconds);
  if (size < 5) return "now";
  const words = size < 60 ? `${Math.trunc(size)} s` : size < 3_600 ? `${Math.trunc(size / 60)} min`
    : size < 172_800 ? `${Math.trunc(size / 3_600)} h` : `${Math.trunc(size / 86_400)} d`;
  return seconds < 0 ? `in ${words}` : `${words} ago`;
}

// Each time in the reader's own zone, and its age by the node's clock, which need not be the reader's; UTC is its title.
function sayTimes() {
  for (const time of document.querySelectorAll("time[data-age]")) {
    if (!time.age) {
      time.shownAt = performance.now();
      time.age = document.createElement("small");
      time.replaceChildren(local(new Date(time.dateTime)), " ", time.age);
    }
    const text = ago(Number(time.dataset.age) + (performance.now() - time.shownAt) / 1_000);
    if (time.age.textContent !== text) time.age.textContent = text;
  }
}

function changed(types) {
  const page = live();
  if (!page) return;
  const follows = page.dataset.follows.split(" ").filter(Boolean);
  const concerns = types.split(" ").some(type => follows.some(prefix => type.startsWith(prefix)));
  if (concerns && pending === undefined) {
    pending = setTimeout(refresh, Math.max(120, 900 - (Date.now() - last)));
  }
}

function sign(state) {
  const light = document.getElementById("pulse");
  if (light) { light.dataset.state = state; light.querySelector("span").textContent = state === "live" ? "Live" : "Reconnecting"; }
}

function heard() {
  clearTimeout(warning);
  sign("live");
  document.getElementById("lost").hidden = true;
  if (lostAt) refresh();
  lostAt = warning = undefined;
}

// A restarted node is back before it is worth a word; one that stays away leaves a page that is no longer true.
function unheard() {
  sign("lost");
  lostAt ??= new Date();
  warning ??= setTimeout(() => {
    const lost = document.getElementById("lost");
    lost.hidden = false;
    lost.textContent = `The node cannot be reached since ${ofDay.format(lostAt)}. What is shown here may be out of date; it is tried again by itself.`;
  }, PATIENCE);
  // The browser tries again by itself, unless the node answered that it will not.
  if (source.readyState === EventSource.CLOSED) { source = undefined; setTimeout(() => { refresh(); follow(); }, PATIENCE); }
}

function follow() {
  const page = live();
  if (!page || source) return;
  source = new EventSource("/console/events?after=" + page.dataset.offset);
  source.onopen = heard;
  source.onerror = unheard;
  source.addEventListener("change", event => changed(event.data));
}

document.addEventListener("DOMContentLoaded", () => { showEntry(); sayTimes(); setInterval(sayTimes, 5_000); follow(); });
document.addEventListener("htmx:afterSettle", () => { if (source && source.readyState === 1) sign("live"); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
// Whose token has run out is asked for another one, instead of being shown a page without content.
document.addEventListener("htmx:beforeSwap", event => {
  if (new URL(event.detail.xhr.responseURL).pathname === "/console/sign-in") { event.detail.shouldSwap = false; location.assign("/console/sign-in"); }
});

// What asks twice is left by Escape, as every dialogue is.
document.addEventListener("keydown", event => {
  const open = event.key === "Escape" && document.querySelector("details.act[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // A page that came over plain HTTP from another machine has no clipboard but this one.
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

document.addEventListener("click", async event => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(button.dataset.copy);
  button.focus();
  button.dataset.copied = "";
  document.getElementById("said").textContent = "Copied";
  setTimeout(() => { delete button.dataset.copied; document.getElementById("said").textContent = ""; }, 1_200);
});
