// The one zoomable view: a stay's readings, closer or wider, all plots together.
// Without it the chart on paper and its table say the same.
import uPlot from "uplot";

// With the paper's range: a change of one must not look like a cliff.
const KINDS = [
  ["respiratory_rate", "Breathing", "/min", [10, 28]],
  ["spo2", "SpO2", "%", [88, 100]],
  ["systolic", "Systolic", "mmHg", [85, 150]],
  ["pulse", "Pulse", "/min", [40, 136]],
  ["temperature", "Temperature", "°C", [35, 40]],
];
const HEIGHT = 170;
const LEAST = 3600;
const DAY = 86400;

const told = (parts) => {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", ...parts });
  return (seconds) => format.format(seconds * 1000);
};
const clock = told({ hour: "2-digit", minute: "2-digit" });
const day = told({ weekday: "short", day: "numeric" });
const moment = told({ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** [seconds, values] of one kind, oldest first. */
function series(readings, kind) {
  const own = readings.filter((reading) => reading.kind === kind);
  return [own.map((one) => Date.parse(one.measured_at) / 1000), own.map((one) => Number(one.value))];
}

/** London's clock, and the day where it begins or each mark is one. */
function marks(_plot, splits, _axis, _space, step) {
  return splits.map((at, n) => {
    if (step >= DAY) return day(at);
    const begins = n === 0 || day(splits[n - 1]) !== day(at);
    return begins ? `${clock(at)}\n${day(at)}` : clock(at);
  });
}

function options(label, unit, [low, high], width, onZoom) {
  const axis = { stroke: colour("--text-2"), grid: { stroke: colour("--line"), width: 1 } };
  return {
    width,
    height: HEIGHT,
    title: `${label}, ${unit}`,
    cursor: { sync: { key: "vitals" } },
    series: [
      { label: "At", value: (_plot, at) => (at == null ? "–" : moment(at)) },
      { label, stroke: colour("--ink"), width: 1.5, points: { show: true, size: 5 } },
    ],
    scales: { y: { range: (_plot, min, max) => [Math.min(low, min), Math.max(high, max)] } },
    axes: [{ ...axis, values: marks }, { ...axis, size: 44 }],
    hooks: { setScale: [(plot, key) => key === "x" && onZoom(plot)] },
  };
}

class Zoom {
  constructor(box, readings, start, end) {
    this.box = box;
    this.whole = [start, end];
    this.plots = [];
    for (const [kind, label, unit, range] of KINDS) {
      const data = series(readings, kind);
      if (data[0].length) this.add(label, unit, range, data);
    }
    this.show(start, end);
    addEventListener("resize", () => this.fit());
  }

  add(label, unit, range, data) {
    const settings = options(label, unit, range, this.box.clientWidth, (plot) => this.follow(plot));
    this.plots.push(new uPlot(settings, data, this.box));
  }

  /** One was dragged: the others show the same time. */
  follow(plot) {
    const { min, max } = plot.scales.x;
    if (this.moving || min == null) return;
    this.show(min, max, plot);
  }

  show(min, max, but = null) {
    this.moving = true;
    this.range = [min, max];
    for (const plot of this.plots) if (plot !== but) plot.setScale("x", { min, max });
    this.moving = false;
  }

  /** By keys and buttons: `by` < 1 is closer; `aside` in parts of what is shown. */
  move(by, aside) {
    const [min, max] = this.range;
    const half = Math.max(LEAST, (max - min) * by) / 2;
    const middle = (min + max) / 2 + (max - min) * aside;
    this.show(Math.max(this.whole[0], middle - half), Math.min(this.whole[1], middle + half));
  }

  fit() {
    for (const plot of this.plots) plot.setSize({ width: this.box.clientWidth, height: HEIGHT });
  }
}

const MOVES = { closer: [0.5, 0], wider: [2, 0], earlier: [1, -0.5], later: [1, 0.5] };

async function load(details) {
  const box = details.querySelector(".zoom__plots");
  const said = details.querySelector("[role=status]");
  const { url, from, to } = details.dataset;
  const answer = await fetch(`${url}?${new URLSearchParams({ from, to })}`);
  if (!answer.ok) throw new Error(String(answer.status));
  const { readings } = await answer.json();
  said.textContent = readings.length ? "" : "Nothing was measured yet.";
  const zoom = new Zoom(box, readings, Date.parse(from) / 1000, Date.parse(to) / 1000);
  for (const button of details.querySelectorAll("[data-move]"))
    button.addEventListener("click", () => zoom.move(...MOVES[button.dataset.move]));
  details.querySelector("[data-whole]").addEventListener("click", () => zoom.show(...zoom.whole));
}

for (const details of document.querySelectorAll("details.zoom")) {
  details.hidden = false;
  details.addEventListener(
    "toggle",
    () =>
      load(details).catch(() => {
        details.querySelector("[role=status]").textContent =
          "The readings could not be had. The chart and its table show them.";
      }),
    { once: true },
  );
}
