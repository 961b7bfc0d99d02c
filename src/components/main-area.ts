import type { ILabShell, JupyterFrontEnd } from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { TabPanel, type Widget } from '@lumino/widgets';

/** Areas for widgets in Notebook 7, whose main area holds only one. */
const FALLBACK_AREAS = ['down', 'right'];

/**
 * Opens widgets of one kind in the main area, each at most once, even if it is requested
 * again while it is loading, as by a double click.
 */
export class MainArea<W extends Widget> {
  constructor(private readonly _options: MainArea.IOptions<W>) {}

  /** The widget with this id, or null. */
  find(id: string): W | null {
    return this._options.tracker.find(widget => widget.id === id) ?? null;
  }

  /**
   * Shows the widget with this id; `make` creates it if it is not open.
   *
   * Rejects if the application has no area for it.
   */
  async open(id: string, make: () => Promise<W>): Promise<W> {
    const widget = this.find(id) ?? (await (this._opening.get(id) ?? this._open(id, make)));
    const tabs = widget.parent?.parent;
    if (tabs instanceof TabPanel) {
      // In the down area, activating a widget does not bring it to the front.
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
    for (const area of FALLBACK_AREAS) {
      app.shell.add(widget, area, { type });
      if (widget.parent !== null) {
        return;
      }
    }
    widget.dispose();
    throw new Error(
      trans.__('This view is not available on this page. Open it in JupyterLab instead.')
    );
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
    /** The type of the widgets, for the shell. */
    type: string;
  }
}
