// Live views: one stream of what changed; whoever shows it asks for its part again. No state is kept here.
const $ = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- light and dark ---------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const target = event.target.closest("button");
  if (!target) return;
  if (target.matches("[data-theme-toggle]")) {
    const dark = getComputedStyle(document.documentElement).colorScheme.includes("dark");
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", document.documentElement.dataset.theme); } catch { /* not kept then */ }
    drawAll();
    document.dispatchEvent(new Event("themed"));
  }
  if (target.matches("[data-close]")) target.closest(".told").remove();
  if (target.matches("[data-menu]")) {
    const open = document.querySelector(".top").classList.toggle("open");
    target.setAttribute("aria-expanded", String(open));
  }
});

// --- forms ------------------------------------------------------------------------------------------------------------

// The id of a new station is part of the address the form is sent to.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.path) return;
  event.preventDefault();
  const path = form.dataset.path.replace("{id}", encodeURIComponent(form.querySelector("[data-id]").value.trim()));
  const values = Object.fromEntries(new FormData(form));
  htmx.ajax("POST", path, { values, target: "#told", swap: "innerHTML" }).then(() => refreshAll());
});

document.addEventListener("htmx:after:request", (event) => {
  const form = event.target.closest?.("form");
  if (form && form.hasAttribute("data-reset") && event.detail?.ctx?.response?.raw?.ok) form.reset();
});

// A file that is larger than is taken is not sent at all.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.matches("input[type=file][data-most]")) return;
  const over = (field.files[0]?.size ?? 0) > Number(field.dataset.most);
  field.setCustomValidity(over ? `That file is larger than the ${Math.round(field.dataset.most / 1e6)} MB that are taken.` : "");
  field.reportValidity();
});

// Without an answer nobody knows what became of a form.
document.addEventListener("htmx:error", (event) => {
  if (!event.target.closest?.("form[hx-post]")) return;
  const told = document.createElement("div");
  told.className = "told bad";
  told.setAttribute("role", "status");
  told.innerHTML = '<p>No answer came: see whether it was done before you send it again.</p><button type="button" class="ghost" data-close aria-label="Close">✕</button>';
  document.getElementById("told").replaceChildren(told);
});

// What was refused says which field it was about; that one is shown.
document.addEventListener("htmx:after:swap", () => {
  const at = document.querySelector("#told .told.bad[data-at]")?.dataset.at ?? "";
  const name = at.split(".").pop().replace(/\[.*/, "");
  $("[aria-invalid]").forEach((one) => one.removeAttribute("aria-invalid"));
  const field = name && document.querySelector(`:is(#panel form#save, form[data-named]) [name="${CSS.escape(name)}"]`);
  if (field) { field.setAttribute("aria-invalid", "true"); field.focus(); }
});

// --- live -------------------------------------------------------------------------------------------------------------

const due = new Map(); // element id -> when it may be asked for again
let missed = false;

function wants(element, stations, kinds) {
  const whose = element.dataset.live;
  if (whose !== "*" && !stations.includes(whose)) return false;
  const wanted = element.dataset.kinds;
  return !wanted || kinds.some((kind) => wanted.split(",").some((begin) => kind.startsWith(begin)));
}

function refresh(element) {
  const every = 1000 * (element.dataset.every || 1);
  const now = performance.now();
  const at = due.get(element.id) || 0;
  if (at > now) return; // already on its way
  const wait = Math.max(0, (Number(element.dataset.asked) || 0) + every - now);
  due.set(element.id, now + wait);
  setTimeout(() => {
    const present = document.getElementById(element.id);
    if (!present || present.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) return;
    present.dataset.asked = String(performance.now());
    htmx.trigger(present, "refresh");
  }, wait);
}

function refreshAll() {
  $("[data-live]").forEach(refresh);
  drawAll();
  document.dispatchEvent(new CustomEvent("changes", { detail: "all" }));
}

function watch() {
  const address = document.body.dataset.watch;
  if (!address) return;
  const lamp = document.getElementById("live");
  const show = (state, title) => { lamp.dataset.state = state; lamp.title = title; };
  const source = new EventSource(address);
  let before = false;
  source.onopen = () => {
    show("on", "Live view: changes show at once");
    if (before) refreshAll();
    before = true;
  };
  source.onerror = () => show("off", "Live view: connection lost, trying again");
  source.addEventListener("changes", (event) => {
    if (document.hidden) { missed = true; return; }
    const { stations, kinds } = JSON.parse(event.data);
    $("[data-live]").filter((one) => wants(one, stations, kinds)).forEach(refresh);
    $("[data-live-curve]").filter((one) => stations.includes(one.dataset.liveCurve)).forEach(draw);
    document.dispatchEvent(new CustomEvent("changes", { detail: { stations, kinds } }));
  });
  addEventListener("pagehide", () => source.close());
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !missed) return;
  missed = false;
  refreshAll();
});

// --- curves -----------------------------------------------------------------------------------------------------------

const plots = new WeakMap();
const asked = new WeakMap();

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const clock = (at, step) => new Date(at * 1000).toLocaleTimeString([], {
  hour: "2-digit", minute: "2-digit", ...(step < 60 ? { second: "2-digit" } : {}), hourCycle: "h23",
});
const known = (column) => column.some((one) => one != null);
const kilo = (value) => (value == null ? null : value / 1000);

function options(width, curve) {
  const axis = { stroke: colour("--faint"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
  const line = (label, name, unit, more) => ({
    label, stroke: colour(name), width: 2, spanGaps: true, points: { show: false },
    value: (_, value) => (value == null ? "–" : `${value.toFixed(1)} ${unit}`), ...more,
  });
  const series = [
    { value: (_, at) => (at == null ? "–" : new Date(at * 1000).toLocaleTimeString()) },
    line(curve.derived ? "Power (from energy)" : "Power", "--accent", "kW", { fill: colour("--accent-soft") }),
  ];
  if (known(curve.offered)) series.push(line("Limit", "--warn", "kW", { dash: [6, 4], width: 1.5 }));
  if (known(curve.soc)) series.push(line("State of charge", "--good", "%", { scale: "%", width: 1.5 }));
  return {
    width, height: 240, series, cursor: { y: false },
    scales: { y: { range: (_, low, high) => [Math.min(0, low || 0) * 1.1, Math.max(1, high || 0) * 1.1] }, "%": { range: [0, 100] } },
    axes: [{ ...axis, space: 70, values: (_, ticks, axis, space, step) => ticks.map((at) => clock(at, step)) }, { ...axis, size: 46, label: "kW", labelSize: 16 },
      { ...axis, scale: "%", side: 1, size: 40, grid: { show: false }, show: known(curve.soc) }],
  };
}

async function draw(element) {
  const last = asked.get(element) ?? -Infinity;
  if (performance.now() - last < 2000) return; // the next change brings it along
  asked.set(element, performance.now());
  const answer = await fetch(element.dataset.curve, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  show(element, await answer.json());
}

function show(element, curve) {
  plots.get(element)?.destroy();
  element.replaceChildren();
  if (!curve.at.length) {
    element.textContent = "No reading yet.";
    element.classList.add("faint");
    return;
  }
  element.classList.remove("faint");
  const data = [curve.at, curve.power.map(kilo)];
  if (known(curve.offered)) data.push(curve.offered.map(kilo));
  if (known(curve.soc)) data.push(curve.soc);
  plots.set(element, new uPlot(options(element.clientWidth, curve), data, element));
  element.dataset.points = String(curve.at.length);
}

// A session that began while the page was open brings a curve of its own.
document.addEventListener("htmx:after:swap", () => {
  $("[data-curve]").filter((one) => !plots.has(one)).forEach((one) => { sizes.observe(one); draw(one); });
});

function drawAll() {
  $("[data-curve]").forEach((one) => { asked.delete(one); draw(one); });
}

const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) plots.get(target)?.setSize({ width: contentRect.width, height: 240 });
});

// Values of a stream, one line; what is no number leaves a gap.
async function series(element) {
  const answer = await fetch(element.dataset.series, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { times, values, variable } = await answer.json();
  const data = [times, values.map((one) => (typeof one === "number" ? one : null))];
  element.dataset.points = String(times.length);
  if (!times.length) { element.textContent = "No value yet."; return; }
  const known = plots.get(element);
  if (known) { known.setData(data); return; }
  const axis = { stroke: colour("--faint"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
  element.replaceChildren();
  sizes.observe(element);
  plots.set(element, new uPlot({
    width: element.clientWidth, height: 240, cursor: { y: false },
    series: [{ value: (_, at) => (at == null ? "–" : new Date(at * 1000).toLocaleTimeString()) },
      { label: variable || "Value", stroke: colour("--accent"), width: 2, spanGaps: false, points: { show: false } }],
    axes: [{ ...axis, space: 70, values: (_, ticks, axis, space, step) => ticks.map((at) => clock(at, step)) }, { ...axis, size: 60 }],
  }, data, element));
}

addEventListener("DOMContentLoaded", () => {
  $("[data-series]").forEach(series);
  setInterval(() => { if (!document.hidden) $("[data-series][data-open]").forEach(series); }, 5000);
});

addEventListener("DOMContentLoaded", () => {
  $("[data-curve]").forEach((one) => sizes.observe(one));
  drawAll();
  watch();
});
