// Power over time: layers stacked, each limit with its source, and the plan to the right of now. All of it comes from one answer.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const plots = new WeakMap();
const asked = new WeakMap();
const waiting = new WeakMap();
const EVERY = 2000; // [ms]
const BESIDE = "beside the stations";
const REST = "all others";

const scaled = (curve) => (curve.unit === "W" ? 1000 : 1);
const unit = (curve) => (curve.unit === "W" ? "kW" : "A");
const clock = (at, step) => new Date(at * 1000).toLocaleTimeString([], {
  hour: "2-digit", minute: "2-digit", ...(step < 60 ? { second: "2-digit" } : {}), hourCycle: "h23",
});

// A layer keeps its colour whatever else is there: zones and stations come sorted by name.
function colours(parts) {
  let next = 0;
  return parts.map(({ name }) => (name === BESIDE ? "--layer-beside" : name === REST ? "--layer-rest" : `--layer-${next++ % 7}`));
}

const SOURCES = [["the DSO", "--bad"], ["the contract", "--warn"], ["the operator", "--held"], ["the user", "--good"]];
const limitColour = (name) => (SOURCES.find(([begin]) => name.startsWith(begin)) ?? ["", "--ink"])[1];

// Each layer on top of those before it; nothing where nothing is known.
function stacked(parts, count) {
  const sums = new Array(count).fill(0);
  return parts.map(({ values }) => values.map((value, at) => (value == null ? null : (sums[at] += value))));
}

function columns(curve) {
  const by = scaled(curve), count = curve.at.length;
  const kilo = (row) => row.map((value) => (value == null ? null : value / by));
  return {
    layers: stacked(curve.parts, count).map(kilo), raw: curve.parts.map(({ values }) => kilo(values)),
    planned: stacked(curve.planned, count).map(kilo), rawPlanned: curve.planned.map(({ values }) => kilo(values)),
    load: kilo(curve.load), expected: kilo(curve.expected), foreseen: kilo(curve.foreseen), limits: curve.limits.map(({ values }) => kilo(values)),
  };
}

function hatched(name) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  pen.fillStyle = colour("--card");
  pen.fillRect(0, 0, 6, 6);
  pen.strokeStyle = colour(name);
  pen.lineWidth = 1.6;
  for (const shift of [-6, 0, 6]) {
    pen.beginPath();
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
    pen.stroke();
  }
  return pen.createPattern(tile, "repeat");
}

function plot(element, curve) {
  const cols = columns(curve), names = colours(curve.parts), small = element.classList.contains("small");
  const present = curve.at.findLastIndex((one) => one <= curve.now);
  const stepped = uPlot.paths.stepped({ align: 1 });
  const spell = (value) => (value == null ? "–" : `${value.toFixed(unit(curve) === "kW" ? 1 : 0)} ${unit(curve)}`);
  const series = [{ label: "At", value: (_, at) => (at == null ? "–" : new Date(at * 1000).toLocaleTimeString()) }];
  const data = [curve.at];
  const add = (values, more) => { data.push(values); series.push({ points: { show: false }, spanGaps: false, ...more }); };
  // from the top of the stack down: each covers what is below it
  curve.parts.map((part, place) => [part, place]).reverse().forEach(([part, place]) => {
    add(cols.layers[place], {
      label: part.name, stroke: colour("--card"), width: 1, fill: colour(names[place]),
      value: (_, __, ___, at) => spell(at == null ? cols.raw[place][present] : cols.raw[place][at] ?? cols.rawPlanned[place]?.[at]),
    });
  });
  curve.planned.map((part, place) => [part, place]).reverse().forEach(([, place]) => {
    add(cols.planned[place], { label: "", paths: stepped, stroke: colour(names[place]), width: 1, fill: () => hatched(names[place]), class: "quiet" });
  });
  if (cols.expected.some((one) => one != null)) {
    add(cols.expected, { label: "allowed", stroke: colour("--faint"), width: 1, dash: [2, 3], value: (_, value, ___, at) => spell(at == null ? cols.expected[present] : value) });
  }
  if (cols.foreseen.some((one) => one != null)) {
    add(cols.foreseen, { label: "planned 15 min before", stroke: colour("--ink"), width: 2, dash: [6, 3], value: (_, value, ___, at) => spell(at == null ? cols.foreseen[present] : value) });
  }
  curve.limits.forEach(({ name }, place) => add(cols.limits[place], {
    label: `≤ ${name}`, paths: stepped, stroke: colour(limitColour(name)), width: 2, dash: name === "what is built there" ? [8, 4] : [],
    value: (_, value, ___, at) => spell(at == null ? cols.limits[place][present] : value),
  }));
  const axis = { stroke: colour("--faint"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 } };
  const highest = Math.max(1, ...data.slice(1).flat().filter((one) => one != null));
  const lowest = Math.min(0, ...data.slice(1).flat().filter((one) => one != null));
  return [{
    width: element.clientWidth, height: small ? 190 : 320, series, cursor: { y: false, points: { show: false } }, legend: { show: !small },
    scales: { x: {}, y: { range: [lowest * 1.1, highest * 1.08] } },
    axes: [{ ...axis, space: 60, values: (_, ticks, ___, ____, step) => ticks.map((at) => clock(at, step)) },
      { ...axis, size: 46, label: unit(curve), labelSize: 16 }],
    hooks: { draw: [(u) => nowLine(u, curve, small)] },
  }, data];
}

function nowLine(u, curve, small) {
  if (!curve.planned.length) return;
  const x = Math.round(u.valToPos(curve.now, "x", true));
  const { top, height, left, width } = u.bbox;
  if (x < left || x > left + width) return;
  u.ctx.save();
  u.ctx.strokeStyle = colour("--ink");
  u.ctx.fillStyle = colour("--ink");
  u.ctx.lineWidth = devicePixelRatio;
  u.ctx.beginPath();
  u.ctx.moveTo(x, top);
  u.ctx.lineTo(x, top + height);
  u.ctx.stroke();
  u.ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  u.ctx.textAlign = "left";
  if (!small) u.ctx.fillText(" plan →", x, top + 12 * devicePixelRatio);
  u.ctx.restore();
}

function show(element, curve) {
  plots.get(element)?.destroy();
  element.replaceChildren();
  const nothing = !curve.at.length || !curve.parts.length && !curve.limits.length;
  element.classList.toggle("faint", nothing);
  element.dataset.points = String(curve.at.length);
  element.dataset.planned = String(curve.planned.length && curve.at.filter((one) => one > curve.now).length);
  if (nothing) {
    element.textContent = "Nothing was looked at here yet.";
    return;
  }
  const [options, data] = plot(element, curve);
  const made = new uPlot(options, data, element);
  plots.set(element, made);
  made.root.querySelectorAll(".u-series").forEach((one, place) => { if (place && !options.series[place].label) one.style.display = "none"; });
}

async function draw(element) {
  const wait = (asked.get(element) ?? -Infinity) + EVERY - performance.now();
  if (wait > 0) {
    if (!waiting.has(element)) waiting.set(element, setTimeout(() => { waiting.delete(element); draw(element); }, wait));
    return;
  }
  asked.set(element, performance.now());
  const answer = await fetch(element.dataset.power, { headers: { Accept: "application/json" } });
  if (answer.ok) show(element, await answer.json());
}

const charts = () => [...document.querySelectorAll("[data-power]")];
const drawAll = () => charts().forEach((one) => { asked.delete(one); draw(one); });

const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) plots.get(target)?.setSize({ width: contentRect.width, height: target.classList.contains("small") ? 190 : 320 });
});

document.addEventListener("changes", ({ detail }) => {
  if (detail === "all" || detail.kinds.some((one) => one.startsWith("Power") || one.startsWith("Constraint"))) charts().forEach(draw);
});
document.addEventListener("themed", drawAll);
document.addEventListener("change", async ({ target }) => {
  if (target.matches("input[type=file][data-into]") && target.files.length) {
    document.getElementById(target.dataset.into).value = await target.files[0].text();
  }
});

charts().forEach((one) => sizes.observe(one));
drawAll();
