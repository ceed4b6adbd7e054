/// How a stretch of text looks. Styles are interned: equal styles are the same object, and the plain one is null.
///
/// Colours are null, a number of the palette (0 to 255) or "#rrggbb".
const interned = new Map();

const noStyle = {
  fg: null, bg: null, bold: false, faint: false, italic: false, underline: false, inverse: false, strike: false,
  link: null,
};

/// The style with some of it changed.
export function restyled(style, change) {
  const next = { ...(style ?? noStyle), ...change };
  const key = Object.values(next).join("|");
  if (key === plainKey) return null;
  if (!interned.has(key)) {
    if (interned.size > 20000) interned.clear();
    interned.set(key, Object.freeze(next));
  }
  return interned.get(key);
}

const plainKey = Object.values(noStyle).join("|");

/// The style of blanks that an erase leaves: the ground colour alone.
export function groundOnly(style) {
  return style?.bg === null || style === null ? null : restyled(null, { bg: style.bg });
}

/// Applies the parameters of SGR (ECMA-48 8.3.117, with the colours of xterm) to a style.
///
/// `params` is a list of numbers, or of lists where a colon joined them. Blinking and concealed text stay visible and
/// still: a log hides nothing.
export function withGraphics(style, params) {
  const from = style ?? noStyle;
  if (!transitions.has(from)) transitions.set(from, new Map());
  const known = transitions.get(from);
  const key = params.join(";");
  if (!known.has(key)) {
    if (known.size > 500) known.clear();
    known.set(key, applied(style, params));
  }
  return known.get(key);
}

// Programs say the same few things again and again; a map from style to what follows on what.
const transitions = new WeakMap();

function applied(style, params) {
  let result = style;
  const flat = params.map((param) => (Array.isArray(param) ? param[0] : param));
  for (let i = 0; i < params.length; i += 1) {
    const code = flat[i];
    if (code === 0) result = restyled(null, { link: style?.link ?? null });
    else if (code === 38 || code === 48) {
      const [colour, used] = Array.isArray(params[i])
        ? [colourOf(withoutColourSpace(params[i].slice(1))), 0]
        : extended(flat.slice(i + 1));
      i += used;
      if (colour !== null) result = restyled(result, code === 38 ? { fg: colour } : { bg: colour });
    } else if (code === 4 && params[i][1] === 0) result = restyled(result, { underline: false });
    else if (simple[code]) result = restyled(result, simple[code]);
    else if (code >= 30 && code <= 37) result = restyled(result, { fg: code - 30 });
    else if (code >= 40 && code <= 47) result = restyled(result, { bg: code - 40 });
    else if (code >= 90 && code <= 97) result = restyled(result, { fg: code - 82 });
    else if (code >= 100 && code <= 107) result = restyled(result, { bg: code - 92 });
  }
  return result;
}

const simple = {
  1: { bold: true }, 2: { faint: true }, 3: { italic: true }, 4: { underline: true }, 7: { inverse: true },
  9: { strike: true }, 21: { underline: true }, 22: { bold: false, faint: false }, 23: { italic: false },
  24: { underline: false },
  27: { inverse: false }, 29: { strike: false }, 39: { fg: null }, 49: { bg: null },
};

function extended(params) {
  if (params[0] === 5) return [colourOf(params.slice(0, 2)), Math.min(2, params.length)];
  if (params[0] === 2) return [colourOf(params.slice(0, 4)), Math.min(4, params.length)];
  return [null, Math.min(1, params.length)];
}

// 38:2:SPACE:R:G:B names a colour space; 38:2:R:G:B leaves it out.
function withoutColourSpace(params) {
  return params[0] === 2 && params.length > 4 ? [2, ...params.slice(2)] : params;
}

function colourOf([kind, ...values]) {
  if (kind === 5 && values[0] >= 0 && values[0] <= 255) return values[0];
  if (kind !== 2 || values.length < 3) return null;
  const parts = values.slice(0, 3);
  if (parts.some((value) => !(value >= 0 && value <= 255))) return null;
  return `#${parts.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
