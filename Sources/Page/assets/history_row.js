import { h, setText } from "./dom.js";
import { ago, duration, exactTime } from "./format.js";
import { killAfterAsking, killWord, mayKill } from "./kill_action.js";
import { routeTo } from "./route.js";
import { sparkline } from "./sparkline.js";
import { forgetStats, statsFor } from "./stats.js";
import { instanceOf, lineOf, ranFor } from "./status.js";
import { statusMark } from "./status_mark.js";

/// One execution in the history. It is changed in place, so that focus and selection survive.
export class HistoryRow {
  constructor(hasBars, onkill) {
    this.onkill = onkill;
    this.status = h("td", { class: "col-process_status" });
    this.link = h("a", { class: "mono" });
    this.by = h("td", { class: "col-user_identifier" });
    this.started = h("time");
    this.took = h("td", { class: "col-duration num" });
    this.lately = hasBars ? h("td", { class: "col-lately" }) : null;
    this.kill = h("button", { class: "link danger", hidden: true, onclick: () => this.askKill() }, "Kill");
    this.again = h("a", { class: "quiet" }, "Run again");
    this.element = h("tr", {}, this.status, h("td", { class: "col-command" }, this.link), this.by,
      h("td", { class: "col-executed_at" }, this.started), this.took, this.lately,
      h("td", { class: "actions" }, h("span", { class: "row" }, this.kill, this.again)));
  }

  update(row) {
    const before = this.row;
    this.row = row;
    if (!before || JSON.stringify(before) !== JSON.stringify(row)) this.draw(row);
    const hasEnded = before?.process_status === 1 && row.process_status !== 1;
    if (hasEnded) forgetStats(row.command);
    if ((!before || hasEnded) && this.lately) this.drawBars(row.command);
    this.tick();
  }

  draw(row) {
    const line = lineOf(row);
    this.status.replaceChildren(statusMark(row, true));
    this.status.title = row.reason ?? "";
    setText(this.link, line);
    this.link.title = row.instance ? `${line}\non ${instanceOf(row, Date.now() / 1000)}` : line;
    this.link.setAttribute("href", routeTo("job", row.job_uuid));
    setText(this.by, row.user_identifier ?? "");
    this.started.dateTime = new Date(row.executed_at * 1000).toISOString();
    this.started.title = exactTime(row.executed_at);
    this.kill.hidden = !mayKill(row) || Boolean(row.intended_to_kill_by);
    setText(this.kill, killWord(row));
    this.kill.setAttribute("aria-label", `${killWord(row)}: ${line}`);
    this.again.hidden = row.can_run === false;
    this.again.setAttribute("href", routeTo("run", row.command, { params: row.parameters ?? "" }));
    this.again.setAttribute("aria-label", `Run again: ${line}`);
  }

  tick() {
    const now = Date.now() / 1000;
    setText(this.started, ago(this.row.executed_at, now));
    setText(this.took, duration(ranFor(this.row, now)));
  }

  async drawBars(command) {
    try {
      const { runs } = await statsFor(command);
      if (runs.length) this.lately.replaceChildren(sparkline(runs));
    } catch {
      // A table without bars is still a table.
    }
  }

  async askKill() {
    try {
      if (await killAfterAsking(this.row)) this.onkill(null);
    } catch (error) {
      this.onkill(error.message);
    }
  }
}
