// Small things for building the page: elements, numbers as people read them.

/** An element by its id. */
export const at = (id) => document.getElementById(id);

/** A new element with attributes and content. What is `class` in HTML is `class` here; text is never taken as HTML. */
export function element(name, attributes = {}, ...content) {
  return filled(document.createElement(name), attributes, content);
}

/** The same for pictures. */
export function drawn(name, attributes = {}, ...content) {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, content);
}

function filled(made, attributes, content) {
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...content);
  return made;
}

/** 1234567 as `1.2 MB`. */
export function bytes(count) {
  const units = ["bytes", "KB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), units.length - 1);
  return power === 0 ? `${count} bytes` : `${(count / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** 0.5 as `50 %`. */
export const percent = (part) => `${(100 * part).toFixed(1)} %`;

/** 75 as `1 minute 15 seconds`. */
export function duration(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 3600), "hour"],
    [Math.floor(whole / 60) % 60, "minute"],
    [whole % 60, "second"],
  ];
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return shown.map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`).join(" ");
}
