// Another task below a review: a copy of the first one's boxes, empty.
const linesOf = (form) => [...form.querySelectorAll(".task-line")];

/** Adds a line; null once there are as many as the form takes. */
export function addTask(form) {
  const button = form.querySelector("[data-more-tasks]");
  const lines = linesOf(form);
  if (!button || lines.length >= Number(button.dataset.moreTasks)) return null;
  const line = lines[0].cloneNode(true);
  for (const element of line.querySelectorAll("*"))
    for (const { name, value } of [...element.attributes])
      if (value.includes("task-0")) element.setAttribute(name, value.replaceAll("task-0", `task-${lines.length}`));
  const text = line.querySelector("input");
  text.value = "";
  lines.at(-1).after(line);
  button.hidden = lines.length + 1 >= Number(button.dataset.moreTasks);
  return text;
}

export function startTasks() {
  for (const button of document.querySelectorAll("[data-more-tasks]")) {
    button.hidden = linesOf(button.form).length >= Number(button.dataset.moreTasks);
    button.addEventListener("click", () => addTask(button.form)?.focus());
  }
}
