/// The colours of the log for the two schemes. The sixteen of the terminal are ours to choose; the cube is xterm's.
const schemes = {
  light: {
    text: "#1b2027", ground: "#fbfcfd",
    colours: ["#24292f", "#c0241c", "#1a7335", "#7a5700", "#0a5cc2", "#8330c2", "#0f6b76", "#57606a",
      "#57606a", "#d1372d", "#237a3c", "#866200", "#2a6fd0", "#9344cf", "#17747f", "#6a737d"],
    grounds: { 0: "#24292f", 7: "#d5dbe1", 8: "#6a737d", 15: "#ffffff" },
  },
  dark: {
    text: "#dfe5ec", ground: "#0b0f13",
    colours: ["#7d8894", "#ff7b72", "#56d364", "#e3b341", "#79b8ff", "#d2a8ff", "#56d4dd", "#cdd5de",
      "#95a1ad", "#ffa198", "#7ee787", "#f2cc60", "#a5d0ff", "#e2c5ff", "#8ae9f0", "#ffffff"],
    grounds: { 0: "#20272f", 7: "#cdd5de", 8: "#4a545f", 15: "#ffffff" },
  },
};

const resolved = { light: new WeakMap(), dark: new WeakMap() };

/// The colours a style has in a scheme: `{ color, background }`, null where it is the plain one. Whatever the job
/// chose, its text keeps a contrast of 4.5 to its ground.
export function coloursOf(style, schemeName) {
  const known = resolved[schemeName];
  if (!known.has(style)) known.set(style, resolve(style, schemes[schemeName]));
  return known.get(style);
}

function resolve(style, scheme) {
  let text = style.fg === null ? scheme.text : hexOf(style.fg, scheme.colours);
  let ground = style.bg === null ? scheme.ground : scheme.grounds[style.bg] ?? hexOf(style.bg, scheme.colours);
  if (style.inverse) [text, ground] = [ground, text];
  if (style.faint) text = mixed(text, ground, 0.35);
  text = readable(text, ground);
  return {
    color: text === scheme.text ? null : text,
    background: ground === scheme.ground ? null : ground,
  };
}

function hexOf(colour, palette) {
  if (typeof colour === "string") return colour;
  if (colour < 16) return palette[colour];
  if (colour >= 232) return hex([8, 8, 8].map((value) => value + (colour - 232) * 10));
  const steps = [0, 95, 135, 175, 215, 255];
  const index = colour - 16;
  return hex([steps[Math.floor(index / 36)], steps[Math.floor(index / 6) % 6], steps[index % 6]]);
}

/// The colour, moved towards black or white just as far as it must be read on this ground.
export function readable(text, ground) {
  const target = luminance(ground) > 0.18 ? "#000000" : "#ffffff";
  for (let part = 0; part <= 1; part += 0.1) {
    const candidate = part === 0 ? text : mixed(text, target, part);
    if (contrast(candidate, ground) >= 4.5) return candidate;
  }
  return target;
}

/// The contrast of two colours as WCAG 2.1 defines it.
export function contrast(a, b) {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour) {
  const [r, g, b] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function mixed(from, to, part) {
  const target = channels(to);
  return hex(channels(from).map((value, index) => Math.round(value + (target[index] - value) * part)));
}

function channels(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

function hex(values) {
  return `#${values.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
