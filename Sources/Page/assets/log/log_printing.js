// Lines that are loaded for print. The view prints no more.
const wantedLines = 5000;

/// Prints a log: all lines of one that is not too long, not only the visible ones.
export class LogPrinting {
  constructor(feed, view) {
    Object.assign(this, { feed, view });
    this.onKey = (event) => {
      if (event.key !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      this.print();
    };
    this.onBefore = () => this.view.setPrinting(true);
    this.onAfter = () => this.view.setPrinting(false);
    document.addEventListener("keydown", this.onKey);
    window.addEventListener("beforeprint", this.onBefore);
    window.addEventListener("afterprint", this.onAfter);
  }

  destroy() {
    document.removeEventListener("keydown", this.onKey);
    window.removeEventListener("beforeprint", this.onBefore);
    window.removeEventListener("afterprint", this.onAfter);
  }

  // Loads before the dialog opens, because nothing can be loaded while it is open.
  async print() {
    const { document } = this.feed;
    while (document.start > 0 && document.count < wantedLines) {
      const { start } = document;
      await this.feed.loadEarlier();
      if (document.start === start) break;
    }
    this.view.setPrinting(true);
    window.print();
  }
}
