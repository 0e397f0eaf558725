// A chart wider than its screen begins at its newest end, and stays where a hand has put it.
const boxes = () => [...document.querySelectorAll(".chart-scroll")];
let places = [];

function toNewest() {
  for (const box of boxes()) box.scrollLeft = box.scrollWidth;
}

export function startCharts() {
  toNewest();
  document.addEventListener("htmx:beforeSwap", () => {
    places = boxes().map((box) => box.scrollWidth - box.scrollLeft);
  });
  // Measured from the right: a newer chart may be longer.
  document.addEventListener("htmx:afterSettle", () => {
    boxes().forEach((box, at) => {
      if (at in places) box.scrollLeft = box.scrollWidth - places[at];
    });
  });
}
