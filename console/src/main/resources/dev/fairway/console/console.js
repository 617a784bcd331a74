// Keeps an open page up to date: follows the node's events and fetches the page anew when one concerns it.
const live = () => document.getElementById("live");

let source, pending, last = 0;

function busy() {
  const page = live();
  const focus = document.activeElement;
  const typing = focus && page.contains(focus) && focus.matches("input, textarea, select");
  const selecting = String(getSelection()) !== "" && page.contains(getSelection().anchorNode);
  return typing || selecting || page.querySelector("details.act[open]") !== null;
}

function refresh() {
  pending = undefined;
  if (!live() || document.hidden) return;
  if (busy()) { pending = setTimeout(refresh, 1500); return; }
  last = Date.now();
  const open = [...live().querySelectorAll("details[open][id]")].map(d => d.id);
  const place = ["#live", "#pages"].find(part => document.querySelector(part).contains(document.activeElement));
  const focus = place && (document.activeElement.id || document.activeElement.getAttribute("href"));
  htmx.ajax("GET", location.pathname + location.search, { target: "#live", select: "#live", selectOOB: "#pages", swap: "outerHTML" }).then(() => {
    open.forEach(id => document.getElementById(id)?.setAttribute("open", ""));
    if (focus) [...document.querySelector(place).querySelectorAll("a, button, summary")].find(e => e.id === focus || e.getAttribute("href") === focus)?.focus();
    showEntry();
  });
}

// On a narrow screen the navigation is one line that scrolls; the entry of this page shall be seen in it.
function showEntry() {
  const pages = document.getElementById("pages");
  const here = pages?.querySelector("[aria-current]");
  if (here) pages.scrollLeft = here.offsetLeft - pages.offsetLeft - (pages.clientWidth - here.offsetWidth) / 2;
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

function follow() {
  const page = live();
  if (!page || source) return;
  source = new EventSource("/console/events?after=" + page.dataset.offset);
  source.onopen = () => sign("live");
  source.onerror = () => sign("lost");
  source.addEventListener("change", event => changed(event.data));
}

document.addEventListener("DOMContentLoaded", () => { showEntry(); follow(); });
document.addEventListener("htmx:afterSettle", () => { if (source && source.readyState === 1) sign("live"); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });

document.addEventListener("click", event => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    navigator.clipboard?.writeText(copy.dataset.copy).then(() => {
      const was = copy.textContent;
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = was; }, 1200);
    });
  }
});
