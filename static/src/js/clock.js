// The server's time: a ward's old computer may be minutes out, and ages must not be.
let offset = 0;

export function now() {
  return Date.now() + offset;
}

/** Takes the Date header of an answer, true to a second. */
export function setFrom(header) {
  const told = Date.parse(header ?? "");
  if (!Number.isNaN(told)) offset = told - Date.now();
}

export function timeOfDay(milliseconds) {
  return new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "Europe/London" }).format(
    new Date(milliseconds),
  );
}
