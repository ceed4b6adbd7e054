// The colours of a log in the light and the dark scheme. The sixteen ANSI colours are chosen for contrast. The other
// 240 are those of xterm.
const schemes = {
  light: {
    text: "#1b2027", background: "#fbfcfd",
    colours: ["#24292f", "#c0241c", "#1a7335", "#7a5700", "#0a5cc2", "#8330c2", "#0f6b76", "#57606a",
      "#57606a", "#d1372d", "#237a3c", "#866200", "#2a6fd0", "#9344cf", "#17747f", "#6a737d"],
    backgrounds: { 0: "#24292f", 7: "#d5dbe1", 8: "#6a737d", 15: "#ffffff" },
  },
  dark: {
    text: "#dfe5ec", background: "#0b0f13",
    colours: ["#7d8894", "#ff7b72", "#56d364", "#e3b341", "#79b8ff", "#d2a8ff", "#56d4dd", "#cdd5de",
      "#95a1ad", "#ffa198", "#7ee787", "#f2cc60", "#a5d0ff", "#e2c5ff", "#8ae9f0", "#ffffff"],
    backgrounds: { 0: "#20272f", 7: "#cdd5de", 8: "#4a545f", 15: "#ffffff" },
  },
};

const resolvedColours = { light: new WeakMap(), dark: new WeakMap() };

/// The colours of a style in a scheme, as `{ color, background }`. Null means the default colour.
///
/// The text always has a contrast of at least 4.5 to its background, whatever colours the job chose.
export function coloursOf(style, schemeName) {
  const known = resolvedColours[schemeName];
  if (!known.has(style)) known.set(style, resolveColours(style, schemes[schemeName]));
  return known.get(style);
}

function resolveColours(style, scheme) {
  let text = style.fg === null ? scheme.text : hexOf(style.fg, scheme.colours);
  let background = style.bg === null ? scheme.background
    : scheme.backgrounds[style.bg] ?? hexOf(style.bg, scheme.colours);
  if (style.inverse) [text, background] = [background, text];
  if (style.faint) text = mix(text, background, 0.35);
  text = withReadableContrast(text, background);
  return {
    color: text === scheme.text ? null : text,
    background: background === scheme.background ? null : background,
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

/// The text colour, mixed with black or white as far as a contrast of 4.5 to the background needs it.
export function withReadableContrast(text, background) {
  const target = luminance(background) > 0.18 ? "#000000" : "#ffffff";
  for (let amount = 0; amount <= 1; amount += 0.1) {
    const candidate = amount === 0 ? text : mix(text, target, amount);
    if (contrast(candidate, background) >= 4.5) return candidate;
  }
  return target;
}

/// The contrast ratio of two colours (WCAG 2.1).
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

function mix(from, to, amount) {
  const target = channels(to);
  return hex(channels(from).map((value, index) => Math.round(value + (target[index] - value) * amount)));
}

function channels(colour) {
  return [1, 3, 5].map((index) => parseInt(colour.slice(index, index + 2), 16));
}

function hex(values) {
  return `#${values.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
