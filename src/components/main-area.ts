import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { TabPanel, type Widget } from '@lumino/widgets';

/** Where Notebook 7, whose main area has room for one widget, can show others. */
const ELSEWHERE = ['down', 'right'];

/**
 * Widgets of one kind in the main area, each at most once, however often it is asked for
 * while it is still loading: a double click asks three times.
 */
export class MainArea<W extends Widget> {
  constructor(private readonly _options: MainArea.IOptions<W>) {}

  /** The widget with this id, or null. */
  find(id: string): W | null {
    return this._options.tracker.find(widget => widget.id === id) ?? null;
  }

  /**
   * Shows the widget with this id; `make` makes it if it is not there.
   *
   * Rejects where the page has no area for it.
   */
  async open(id: string, make: () => Promise<W>): Promise<W> {
    const widget = this.find(id) ?? (await (this._opening.get(id) ?? this._open(id, make)));
    const tabs = widget.parent?.parent;
    if (tabs instanceof TabPanel) {
      // The area below a notebook: activating a widget does not bring it to the front there.
      tabs.currentWidget = widget;
    }
    this._options.app.shell.activateById(widget.id);
    return widget;
  }

  private _open(id: string, make: () => Promise<W>): Promise<W> {
    const opening = (async () => {
      const widget = await make();
      widget.id = id;
      await this._options.tracker.add(widget);
      this._place(widget);
      return widget;
    })();
    this._opening.set(id, opening);
    const done = () => this._opening.delete(id);
    opening.then(done, done);
    return opening;
  }

  private _place(widget: W): void {
    const { app, labShell, trans, type } = this._options;
    if (labShell) {
      labShell.add(widget, 'main', { type });
      return;
    }
    for (const area of ELSEWHERE) {
      app.shell.add(widget, area, { type });
      if (widget.parent !== null) {
        return;
      }
    }
    widget.dispose();
    throw new Error(trans.__('This page cannot show it. Open it in JupyterLab instead.'));
  }

  private readonly _opening = new Map<string, Promise<W>>();
}

export namespace MainArea {
  export interface IOptions<W extends Widget> {
    app: JupyterFrontEnd;
    /** JupyterLab's shell; null in other applications. */
    labShell: ILabShell | null;
    tracker: WidgetTracker<W>;
    trans: TranslationBundle;
    /** What JupyterLab calls them. */
    type: string;
  }
}
