// Styles are interned: equal styles are the same object, and the default style is null. A colour is null, a number of
// the palette (0 to 255) or "#rrggbb".
const internedStyles = new Map();
const maxInternedStyles = 20000;

const defaultStyle = {
  fg: null, bg: null, bold: false, faint: false, italic: false, underline: false, inverse: false, strike: false,
  link: null,
};

/// The style with changes.
export function styleWith(style, changes) {
  const next = { ...(style ?? defaultStyle), ...changes };
  const key = Object.values(next).join("|");
  if (key === defaultStyleKey) return null;
  if (!internedStyles.has(key)) {
    if (internedStyles.size > maxInternedStyles) internedStyles.clear();
    internedStyles.set(key, Object.freeze(next));
  }
  return internedStyles.get(key);
}

const defaultStyleKey = Object.values(defaultStyle).join("|");

/// The style of erased cells: only the background colour is kept.
export function backgroundOnly(style) {
  return style?.bg === null || style === null ? null : styleWith(null, { bg: style.bg });
}

/// Applies the parameters of SGR (ECMA-48 8.3.117, with the colours of xterm) to a style.
///
/// `params` is a list of numbers, and of lists for parameters joined by colons. Blinking and concealed text are shown
/// normally, because a log must hide nothing.
export function applySGR(style, params) {
  const from = style ?? defaultStyle;
  if (!cachedTransitions.has(from)) cachedTransitions.set(from, new Map());
  const known = cachedTransitions.get(from);
  const key = params.join(";");
  if (!known.has(key)) {
    if (known.size > maxCachedTransitions) known.clear();
    known.set(key, computeStyle(style, params));
  }
  return known.get(key);
}

// Programs repeat the same few sequences. Maps each style to a map from parameters to the resulting style.
const cachedTransitions = new WeakMap();
const maxCachedTransitions = 500;

function computeStyle(style, params) {
  let result = style;
  const flat = params.map((param) => (Array.isArray(param) ? param[0] : param));
  for (let i = 0; i < params.length; i += 1) {
    const code = flat[i];
    if (code === 0) result = styleWith(null, { link: style?.link ?? null });
    else if (code === 38 || code === 48) {
      const [colour, used] = Array.isArray(params[i])
        ? [parseColour(withoutColourSpace(params[i].slice(1))), 0]
        : parseExtendedColour(flat.slice(i + 1));
      i += used;
      if (colour !== null) result = styleWith(result, code === 38 ? { fg: colour } : { bg: colour });
    } else if (code === 4 && params[i][1] === 0) result = styleWith(result, { underline: false });
    else if (attributeChanges[code]) result = styleWith(result, attributeChanges[code]);
    else if (code >= 30 && code <= 37) result = styleWith(result, { fg: code - 30 });
    else if (code >= 40 && code <= 47) result = styleWith(result, { bg: code - 40 });
    else if (code >= 90 && code <= 97) result = styleWith(result, { fg: code - 82 });
    else if (code >= 100 && code <= 107) result = styleWith(result, { bg: code - 92 });
  }
  return result;
}

const attributeChanges = {
  1: { bold: true }, 2: { faint: true }, 3: { italic: true }, 4: { underline: true }, 7: { inverse: true },
  9: { strike: true }, 21: { underline: true }, 22: { bold: false, faint: false }, 23: { italic: false },
  24: { underline: false },
  27: { inverse: false }, 29: { strike: false }, 39: { fg: null }, 49: { bg: null },
};

function parseExtendedColour(params) {
  if (params[0] === 5) return [parseColour(params.slice(0, 2)), Math.min(2, params.length)];
  if (params[0] === 2) return [parseColour(params.slice(0, 4)), Math.min(4, params.length)];
  return [null, Math.min(1, params.length)];
}

// 38:2:SPACE:R:G:B has a colour space, 38:2:R:G:B has none.
function withoutColourSpace(params) {
  return params[0] === 2 && params.length > 4 ? [2, ...params.slice(2)] : params;
}

function parseColour([kind, ...values]) {
  if (kind === 5 && values[0] >= 0 && values[0] <= 255) return values[0];
  if (kind !== 2 || values.length < 3) return null;
  const parts = values.slice(0, 3);
  if (parts.some((value) => !(value >= 0 && value <= 255))) return null;
  return `#${parts.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
