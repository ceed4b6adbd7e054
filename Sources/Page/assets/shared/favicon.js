const favicons = { running: "#0b5cad", completed: "#1a7335", failed: "#b3261e", killed: "#7a4a00", queued: "#57606a" };
const prompt = "M4 4.5 7.5 8 4 11.5M8.5 11.5H12";
const shapes = {
  completed: "M3.5 8.5 6.5 11.5 12.5 4.5", failed: "M4.5 4.5l7 7M11.5 4.5l-7 7", killed: "M5 5h6v6H5z",
  running: "M8 4v4.5l3 2",
};
let original = null;

/// Shows the state of the open job in the icon of the tab: by colour and by shape. Null shows the usual icon.
export function setFavicon(state) {
  const link = document.querySelector("link[rel=icon]");
  if (!link) return;
  original ??= link.getAttribute("href");
  const colour = favicons[state];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" `
    + `fill="${colour}"/><path d="${shapes[state] ?? prompt}" stroke="white" stroke-width="1.8" fill="none"/></svg>`;
  const href = colour ? `data:image/svg+xml,${encodeURIComponent(svg)}` : original;
  if (link.getAttribute("href") !== href) link.setAttribute("href", href);
}
