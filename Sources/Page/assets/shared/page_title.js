import { visibleText } from "./invisible_characters.js";

const title = { view: "", running: 0 };

/// Shows what the view is about in the title of the window.
export function setViewTitle(text) {
  title.view = text;
  drawTitle();
}

/// Shows how many jobs run, before the title.
export function setRunningCount(count) {
  title.running = count;
  drawTitle();
}

function drawTitle() {
  const name = title.view ? `${visibleText(title.view)} · Remotisan` : "Remotisan";
  document.title = title.running ? `(${title.running}) ${name}` : name;
}
