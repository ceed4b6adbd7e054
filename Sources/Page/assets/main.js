import { api, configureApi } from "./api.js";
import { CommandList } from "./command_list.js";
import { h } from "./dom.js";
import { HistoryView } from "./history_view.js";
import { JobView } from "./job_view.js";
import { HomeView, NowhereView } from "./home_view.js";
import { showConnection } from "./notices.js";
import { Poller } from "./poller.js";
import { parseRoute } from "./route.js";
import { RunView } from "./run_view.js";
import { session } from "./session.js";

const views = { home: HomeView, run: RunView, job: JobView, history: HistoryView, nowhere: NowhereView };

/// Puts the parts into the page and follows the address.
function startPage() {
  configureApi(session.base, session.token);
  if (session.isSuper) document.getElementById("who").append(h("span", { class: "wide-only" }, " · super user"));
  showConnection(document.getElementById("notices"));
  const list = new CommandList(document.getElementById("commands"));
  const place = document.getElementById("main");
  let view = null;

  const follow = () => {
    const route = parseRoute(location.hash);
    const isSame = view?.kind === route.view && view.take(route);
    if (!isSame) {
      view?.leave();
      view = new views[route.view](route);
      view.kind = route.view;
      place.replaceChildren(view.element);
      place.scrollTop = 0;
    }
    document.body.dataset.view = route.view;
    document.title = view.title ? `${view.title} · Remotisan` : "Remotisan";
    list.choose(route.view === "run" ? route.name : null);
    for (const tab of document.querySelectorAll("[data-tab]")) {
      if (tab.dataset.tab === route.view) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  };

  const loading = new Poller(async () => {
    try {
      const commands = session.givenCommands() ?? (await api.commands()).commands;
      session.setCommands(commands);
      list.show(commands);
      performance.mark("usable");
      return null;
    } catch (error) {
      list.fail(error.message);
      return error.pause ?? 3000;
    }
  });

  window.addEventListener("hashchange", () => {
    follow();
    goOnByKeyboard(view, place);
  });
  document.addEventListener("keydown", (event) => onShortcut(event, list));
  follow();
  loading.start();
}

// Who had the focus is gone with the old view; on a phone a field in focus would open the keyboard.
function goOnByKeyboard(view, place) {
  const isInPlace = document.activeElement !== document.body && !document.activeElement.closest(".commands");
  if (isInPlace) return;
  if (view.focus && matchMedia("(pointer: fine)").matches) session.whenCommands().then(() => view.focus());
  else place.focus({ preventScroll: true });
}

function onShortcut(event, list) {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  if (getComputedStyle(list.field).display === "none" || list.field.offsetParent === null) location.hash = "#/";
  list.focus();
}

startPage();
