import { api } from "./api.js";
import { h, setText } from "./dom.js";
import { confirmed } from "./dialog.js";
import { JobFacts } from "./job_facts.js";
import { LogPanel } from "./log_panel.js";
import { problem } from "./notices.js";
import { routeTo } from "./route.js";
import { lineOf } from "./status.js";
import { session } from "./session.js";

/// One execution: a header of facts, then its log to the bottom of the window.
export class JobView {
  constructor(route) {
    this.uuid = route.name;
    this.title = "Job";
    this.facts = new JobFacts();
    this.line = h("h1", { class: "mono job-line" }, this.uuid);
    this.kill = h("button", { class: "danger", hidden: true, onclick: () => this.askKill() }, "Kill");
    this.again = h("a", { class: "button", hidden: true }, "Run again");
    this.messages = h("div");
    this.log = new LogPanel(this.uuid, {
      answer: (answer) => this.onAnswer(answer),
      error: (error) => this.onError(error),
    });
    this.element = h("div", { class: "view job-view" },
      h("header", { class: "job-head" },
        h("div", { class: "job-title" }, this.line, h("div", { class: "row" }, this.again, this.kill)), this.facts.element, this.messages),
      this.log.element);
    this.loadRow();
  }

  take(route) {
    return route.name === this.uuid;
  }

  leave() {
    this.log.leave();
    this.facts.leave();
  }

  async loadRow() {
    try {
      const row = await api.execution(this.uuid);
      if (!row) return;
      this.row = row;
      this.title = lineOf(row);
      document.title = `${this.title} · Remotisan`;
      setText(this.line, lineOf(row));
      this.facts.show(row);
      const mayKill = row.can_kill ?? (session.isSuper || row.user_identifier === session.user);
      this.kill.hidden = !(row.process_status === 1 && session.allowsKill && mayKill);
      this.kill.disabled = Boolean(row.intended_to_kill_by);
      this.again.hidden = row.can_run === false;
      this.again.setAttribute("href", routeTo("run", row.command, { params: row.parameters ?? "" }));
    } catch (error) {
      if (error.status !== 404) this.messages.replaceChildren(problem(error.message));
    }
  }

  onAnswer(answer) {
    if (answer.isEnded && !this.hasEnded) {
      this.hasEnded = true;
      this.loadRow();
    }
  }

  onError(error) {
    if (error.status === 404) {
      this.messages.replaceChildren(problem("There is no such job, or you may not see it."));
    }
  }

  async askKill() {
    if (!await confirmed("Kill this job and everything it started?", lineOf(this.row), "Kill")) return;
    try {
      this.kill.disabled = true;
      await api.kill(this.uuid);
    } catch (error) {
      this.messages.replaceChildren(problem(error.message));
    }
    this.loadRow();
  }
}
