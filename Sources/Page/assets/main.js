import { CommandList } from "./commands/command_list.js";
import { CommandsView } from "./commands/commands_view.js";
import { CompareView } from "./compare/compare_view.js";
import { HistoryView } from "./history/history_view.js";
import { HomeView } from "./home/home_view.js";
import { runningJobs } from "./home/running_jobs.js";
import { JobView } from "./job/job_view.js";
import { RunView } from "./run/run_view.js";
import { api, configureApi } from "./shared/api.js";
import { createElement } from "./shared/dom.js";
import { NotFoundView } from "./shared/not_found_view.js";
import { showConnectionNotices } from "./shared/notices.js";
import { setViewTitle } from "./shared/page_title.js";
import { returnToPlace } from "./shared/place.js";
import { Poller } from "./shared/poller.js";
import { parseRoute } from "./shared/route.js";
import { session } from "./shared/session.js";
import { createSettingsMenu } from "./shared/settings_menu.js";
import { Status } from "./shared/status.js";
import { createStatusBadge } from "./shared/status_badge.js";
import { t, translateElements } from "./shared/text.js";
import { applyTheme } from "./shared/theme.js";
import { onTimeZoneChange } from "./shared/time_zone.js";

/// The view of each route. A view has `element`, `title`, `showRoute(route)` (returns false if a new view is needed for
/// this route), `destroy()` and, where the keyboard should continue in a certain field, `focus()`.
const views = {
  home: HomeView, commands: CommandsView, run: RunView, job: JobView, history: HistoryView,
  compare: CompareView, "not-found": NotFoundView,
};

const commandsRetryInterval = 3000;

/// Fills the page and shows the view that the address names.
function startPage() {
  applyTheme();
  translateElements(document);
  configureApi(session.base, session.token);
  if (session.isSuper) {
    const note = createElement("span", { class: "wide-only" }, ` · ${t("header.superUser")}`);
    document.getElementById("user").append(note);
  }
  createSettingsMenu(document.getElementById("settings"));
  showRunningCount(document.getElementById("running"));
  showConnectionNotices(document.getElementById("notices"));
  const commandList = new CommandList(document.getElementById("commands"));
  const main = document.getElementById("main");
  let view = null;

  const showRoute = () => {
    const route = parseRoute(location.hash);
    const isSameView = view?.kind === route.view && view.showRoute(route);
    if (!isSameView) {
      view?.destroy();
      view = new views[route.view](route);
      view.kind = route.view;
      main.replaceChildren(view.element);
      main.scrollTop = 0;
      window.scrollTo(0, 0);
    }
    document.body.dataset.view = route.view;
    setViewTitle(view.title);
    commandList.select(route.view === "run" ? route.name : null);
    for (const tab of document.querySelectorAll("[data-tab]")) {
      if (tab.dataset.tab === route.view) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  };

  const commandsLoader = new Poller(async () => {
    try {
      const commands = session.embeddedCommands() ?? (await api.commands()).commands;
      session.setCommands(commands);
      commandList.show(commands);
      performance.mark("usable");
      return null;
    } catch (error) {
      commandList.showMessage(error.message);
      return error.retryDelay ?? commandsRetryInterval;
    }
  });

  window.addEventListener("hashchange", () => {
    showRoute();
    moveFocus(view, main);
  });
  onTimeZoneChange(() => {
    // Made anew, because every time in it changes.
    view?.destroy();
    view = null;
    showRoute();
  });
  document.addEventListener("keydown", (event) => onShortcut(event, commandList));
  document.querySelector(".skip-link").addEventListener("click", (event) => {
    // The fragment of the link would be taken for the address of a view.
    event.preventDefault();
    main.focus();
  });
  returnToPlace();
  showRoute();
  commandsLoader.start();
  runningJobs.start();
}

// The number of running jobs, in the header. A click leads to them.
function showRunningCount(link) {
  runningJobs.subscribe(({ total }) => {
    link.hidden = total === 0;
    const text = t("header.running", { count: total });
    link.replaceChildren(createStatusBadge({ process_status: Status.RUNNING }, false, text));
  });
}

// The element that had the focus is gone with the old view. On a phone the focus does not go into a field, because that
// would open the keyboard.
function moveFocus(view, main) {
  const isFocusKept = document.activeElement !== document.body && !document.activeElement.closest(".commands");
  if (isFocusKept) return;
  if (view.focus && matchMedia("(pointer: fine)").matches) session.commandsLoaded().then(() => view.focus());
  else main.focus({ preventScroll: true });
}

function onShortcut(event, commandList) {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const { field } = commandList;
  if (getComputedStyle(field).display === "none" || field.offsetParent === null) location.hash = "#/commands";
  commandList.focus();
}

startPage();
