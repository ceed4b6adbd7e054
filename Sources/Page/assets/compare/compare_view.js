import { wholeLines } from "../log/whole_lines.js";
import { api } from "../shared/api.js";
import { announce, createElement, setText } from "../shared/dom.js";
import { exactTime } from "../shared/format.js";
import { createErrorMessage } from "../shared/notices.js";
import { setViewTitle } from "../shared/page_title.js";
import { routeTo } from "../shared/route.js";
import { commandLine, statusOf } from "../shared/status.js";
import { t } from "../shared/text.js";
import { createDiffTable } from "./diff_table.js";
import { equalRanges, sideBySide } from "./line_diff.js";

const maxComparedLines = 10_000;
const maxComparedBytes = 16 << 20;

// Milliseconds for which the comparison keeps the page busy in one go.
const sliceBudget = 12;

/// The logs of two runs side by side. The address names both; without the second one, it is the run before.
export class CompareView {
  constructor(route) {
    this.title = t("compare.title");
    this.uuid = route.name;
    this.state = createElement("p", { class: "muted", role: "status" }, t("loading"));
    this.messages = createElement("div", { class: "messages" });
    this.result = createElement("div", { class: "compare-result" });
    this.left = this.createChoice(t("compare.left"), (uuid) => routeTo("compare", this.uuid, { with: uuid }));
    this.right = this.createChoice(t("compare.right"), (uuid) => routeTo("compare", uuid, { with: this.other }));
    this.element = createElement("div", { class: "view compare-view" },
      createElement("header", { class: "view-header" }, createElement("h1", {}, t("compare.title"))),
      createElement("div", { class: "compare-choices" }, this.left.element, this.right.element),
      this.messages, this.state, this.result);
    this.load(route.query.with);
  }

  createChoice(label, addressOf) {
    const select = createElement("select", {
      "aria-label": label, onchange: () => { location.hash = addressOf(select.value); },
    });
    const link = createElement("a", {}, t("compare.open"));
    return { select, link, element: createElement("div", { class: "row" }, select, link) };
  }

  showRoute() {
    return false;
  }

  destroy() {
    this.isDestroyed = true;
  }

  async load(other) {
    try {
      const row = await api.execution(this.uuid);
      if (!row) {
        this.fail(t("job.missingText", { uuid: this.uuid }));
        return;
      }
      const { data } = await api.history({ command: row.command, name: row.command, per_page: 100 });
      const runs = data.filter((candidate) => candidate.command === row.command);
      const earlier = runs.filter((candidate) => candidate.executed_at <= row.executed_at);
      this.other = other ?? earlier.find((candidate) => candidate.job_uuid !== this.uuid)?.job_uuid;
      if (!this.other) {
        this.fail(t("compare.noOther"));
        return;
      }
      await this.showChoices(row, runs);
      await this.compare();
    } catch (error) {
      this.fail(error.message);
    }
  }

  async showChoices(row, runs) {
    const all = [...runs];
    for (const uuid of [this.uuid, this.other]) {
      const isListed = all.some((candidate) => candidate.job_uuid === uuid);
      const missing = isListed ? null : await api.execution(uuid);
      if (missing) all.push(missing);
    }
    for (const [choice, uuid] of [[this.left, this.other], [this.right, this.uuid]]) {
      choice.select.replaceChildren(...all.map((run) => createElement("option", { value: run.job_uuid },
        `${exactTime(run.executed_at)} · ${statusOf(run).label} · ${commandLine(run)}`)));
      choice.select.value = uuid;
      choice.link.setAttribute("href", routeTo("job", uuid));
    }
    this.title = `${t("compare.title")}: ${row.command}`;
    setViewTitle(this.title);
  }

  async compare() {
    const [a, b] = [await this.read(this.other), await this.read(this.uuid)];
    const steps = equalRanges(a.lines, b.lines);
    let step = steps.next();
    for (let began = performance.now(); !step.done; step = steps.next()) {
      if (performance.now() - began < sliceBudget) continue;
      setText(this.state, t("compare.comparing"));
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (this.isDestroyed) return;
      began = performance.now();
    }
    const rows = sideBySide(step.value, a.lines.length, b.lines.length);
    const count = (...kinds) => rows.filter((row) => kinds.includes(row.kind)).length;
    const text = count("same") === rows.length ? t("compare.equal") : t("compare.result", {
      changed: count("changed"), added: count("added"), removed: count("removed"),
    });
    const cut = a.isCut || b.isCut ? ` ${t("compare.cut", { lines: maxComparedLines })}` : "";
    setText(this.state, text + cut);
    announce(text);
    this.result.replaceChildren(createDiffTable(rows, a.lines, b.lines));
  }

  // The first lines of a log, as texts.
  async read(uuid) {
    const lines = [];
    for await (const { lines: more, offset } of wholeLines(uuid)) {
      for (const line of more) {
        if (line.isContinued && lines.length) lines[lines.length - 1] += line.text;
        else lines.push(line.text);
      }
      if (this.isDestroyed) break;
      if (lines.length > maxComparedLines || offset > maxComparedBytes) break;
    }
    return { lines: lines.slice(0, maxComparedLines), isCut: lines.length > maxComparedLines };
  }

  fail(text) {
    setText(this.state, "");
    this.messages.replaceChildren(createErrorMessage(text));
  }
}
