/// SVG paths for icons, drawn in a box of 16 by 16.
export const iconPaths = {
  check: "M3 8.5 6.5 12 13 4.5",
  cross: "M4 4l8 8M12 4l-8 8",
  square: "M4 4h8v8H4z",
  running: "M8 2.5A5.5 5.5 0 1 1 2.5 8",
  queued: "M4.5 2.5h7M4.5 13.5h7M5.5 2.5v2L8 8l2.5-3.5v-2M5.5 13.5v-2L8 8l2.5 3.5v2",
  clock: "M8 2.5a5.5 5.5 0 1 0 5.5 5.5M8 5v3l2 1.5",
  stopping: "M8 2.5a5.5 5.5 0 1 0 5.5 5.5M6 6h4v4H6z",
  question: "M5.5 6a2.5 2.5 0 1 1 3.4 2.3c-.6.3-.9.8-.9 1.7M8 12.6v.4",
  dash: "M4 8h8",
  exclamation: "M8 3v6M8 12v.5",
  up: "M4 10l4-4 4 4",
  down: "M4 6l4 4 4-4",
  wrap: "M2.5 4h11M2.5 8h9a2.25 2.25 0 0 1 0 4.5H9M10.5 11 9 12.5l1.5 1.5M2.5 12.5h3",
  raw: "M5.5 4 2 8l3.5 4M10.5 4 14 8l-3.5 4",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  download: "M8 2.5v8M4.5 7.5 8 11l3.5-3.5M3 13.5h10",
};
