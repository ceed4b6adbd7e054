import { applySGR, backgroundOnly } from "./text_style.js";

/// The functions of CSI sequences by final character (ECMA-48 8.3, DEC STD 070). `count` is the first parameter, but at
/// least 1.
export const controlFunctions = {
  A: (terminal, params, count) => moveUp(terminal, count),
  B: (terminal, params, count) => moveDown(terminal, count),
  C: (terminal, params, count) => goToColumn(terminal, terminal.x + count),
  D: (terminal, params, count) => goToColumn(terminal, Math.min(terminal.x, terminal.columns - 1) - count),
  E: (terminal, params, count) => { terminal.x = 0; moveDown(terminal, count); },
  F: (terminal, params, count) => { terminal.x = 0; moveUp(terminal, count); },
  G: (terminal, params, count) => goToColumn(terminal, count - 1),
  "`": (terminal, params, count) => goToColumn(terminal, count - 1),
  H: (terminal, params, count) => {
    terminal.goTo(clamp(count - 1, 0, terminal.height - 1));
    goToColumn(terminal, Math.max(1, params[1] ?? 1) - 1);
  },
  f: (terminal, params, count) => controlFunctions.H(terminal, params, count),
  J: (terminal, params) => eraseInDisplay(terminal, firstParameter(params)),
  K: (terminal, params) => eraseInLine(terminal, firstParameter(params)),
  L: (terminal, params, count) => {
    if (terminal.y >= terminal.top && terminal.y <= terminal.bottom) terminal.insertRows(terminal.y, count);
    terminal.x = 0;
  },
  M: (terminal, params, count) => {
    if (terminal.y >= terminal.top && terminal.y <= terminal.bottom) terminal.deleteRows(terminal.y, count);
    terminal.x = 0;
  },
  P: (terminal, params, count) => terminal.rows[terminal.y].deleteCells(terminal.x, count),
  "@": (terminal, params, count) => terminal.rows[terminal.y]
    .insertBlanks(terminal.x, Math.min(count, terminal.columns), terminal.columns, backgroundOnly(terminal.style)),
  X: (terminal, params, count) => terminal.rows[terminal.y]
    .erase(terminal.x, Math.min(terminal.x + count, terminal.columns), backgroundOnly(terminal.style)),
  a: (terminal, params, count) => goToColumn(terminal, terminal.x + count),
  d: (terminal, params, count) => terminal.goTo(clamp(count - 1, 0, terminal.height - 1)),
  e: (terminal, params, count) => moveDown(terminal, count),
  m: (terminal, params) => { terminal.style = applySGR(terminal.style, params.length ? params : [0]); },
  r: setMargins,
  s: (terminal) => terminal.saveCursor(),
  u: (terminal) => terminal.restoreCursor(),
};

function firstParameter(params) {
  return Array.isArray(params[0]) ? params[0][0] : params[0] ?? 0;
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

function goToColumn(terminal, x) {
  terminal.x = clamp(x, 0, terminal.columns - 1);
}

function moveUp(terminal, count) {
  terminal.goTo(Math.max(terminal.y - count, terminal.y >= terminal.top ? terminal.top : 0));
}

function moveDown(terminal, count) {
  terminal.goTo(Math.min(terminal.y + count, terminal.y <= terminal.bottom ? terminal.bottom : terminal.height - 1));
}

function eraseInLine(terminal, kind) {
  const { x, columns } = terminal;
  const background = backgroundOnly(terminal.style);
  const row = terminal.rows[terminal.y];
  if (kind === 0) row.erase(x, columns, background);
  else if (kind === 1) row.erase(0, Math.min(x + 1, columns), background);
  else if (kind === 2) row.erase(0, columns, background);
}

function eraseInDisplay(terminal, kind) {
  const background = backgroundOnly(terminal.style);
  if (background) terminal.ensureRows();
  const rows = terminal.rows;
  const [from, to] = kind === 0 ? [terminal.y + 1, rows.length] : kind === 1 ? [0, terminal.y] : [0, rows.length];
  for (let y = from; y < to; y += 1) rows[y].erase(0, terminal.columns, background);
  if (kind < 2) eraseInLine(terminal, kind);
}

function setMargins(terminal, params) {
  const top = clamp((params[0] || 1) - 1, 0, terminal.height - 1);
  const bottom = clamp((params[1] || terminal.height) - 1, 0, terminal.height - 1);
  if (bottom <= top) return;
  terminal.margins = top === 0 && bottom === terminal.height - 1 ? null : { top, bottom };
  terminal.x = 0;
  terminal.goTo(0);
}
