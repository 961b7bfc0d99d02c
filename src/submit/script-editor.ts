import { linter, lintGutter, setDiagnostics } from '@codemirror/lint';
import { CodeEditor, CodeEditorWrapper, type IEditorServices } from '@jupyterlab/codeeditor';
import { CodeMirrorEditor } from '@jupyterlab/codemirror';
import { type ISignal, Signal } from '@lumino/signaling';

/** What is wrong with the script, and where; counted from 1. */
interface IScriptMark {
  line: number;
  column: number | null;
  message: string;
}

/** The script in JupyterLab's own editor. */
export class ScriptEditor extends CodeEditorWrapper {
  constructor(options: ScriptEditor.IOptions) {
    const model = new CodeEditor.Model({ mimeType: 'text/x-sh' });
    model.sharedModel.setSource(options.source);
    super({
      model,
      factory: options.editorServices.factoryService.newDocumentEditor,
      editorOptions: { config: { lineNumbers: true, tabFocusable: false } }
    });
    this._ownModel = model;
    this.addClass('jp-SlurmSubmit-editor');
    this.node.querySelector('[role="textbox"]')?.setAttribute('aria-label', options.label);
    this.editor.injectExtension([lintGutter(), linter(null)]);
    model.sharedModel.changed.connect(this._onChanged, this);
  }

  get source(): string {
    return this._ownModel.sharedModel.getSource();
  }

  /** Replaces only what differs, so that cursor and undo stay with the person. */
  set source(source: string) {
    const before = this.source;
    if (source === before) {
      return;
    }
    let start = 0;
    while (start < before.length && before[start] === source[start]) {
      start += 1;
    }
    let same = 0;
    while (
      same < Math.min(before.length, source.length) - start &&
      before[before.length - 1 - same] === source[source.length - 1 - same]
    ) {
      same += 1;
    }
    this._ownModel.sharedModel.updateSource(
      start,
      before.length - same,
      source.slice(start, source.length - same)
    );
  }

  /** Emitted when the text changed, whoever changed it. */
  get sourceChanged(): ISignal<this, void> {
    return this._sourceChanged;
  }

  /** Shows what is wrong at its line; null when nothing is. */
  mark(mark: IScriptMark | null): void {
    if (mark === null && this._mark === null) {
      return;
    }
    this._mark = mark;
    // Later: a change of the text is announced while the editor is still making it.
    queueMicrotask(() => {
      if (!this.isDisposed) {
        this._drawMark(this._mark);
      }
    });
  }

  /** Puts the cursor there. */
  goTo(line: number, column: number | null): void {
    const position = { line: line - 1, column: (column ?? 1) - 1 };
    this.editor.setCursorPosition(position);
    this.editor.revealPosition(position);
    this.editor.focus();
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    Signal.clearData(this);
    super.dispose();
    this._ownModel.dispose();
  }

  private _drawMark(mark: IScriptMark | null): void {
    const { editor } = this;
    if (!(editor instanceof CodeMirrorEditor)) {
      return;
    }
    const { doc } = editor.state;
    if (mark === null || mark.line > doc.lines) {
      editor.editor.dispatch(setDiagnostics(editor.state, []));
      return;
    }
    const line = doc.line(mark.line);
    const from = Math.min(line.from + Math.max(0, (mark.column ?? 1) - 1), line.to);
    editor.editor.dispatch(
      setDiagnostics(editor.state, [
        { from, to: line.to, severity: 'error', message: mark.message }
      ])
    );
  }

  private _onChanged(): void {
    this._sourceChanged.emit();
  }

  private _mark: IScriptMark | null = null;
  private readonly _ownModel: CodeEditor.Model;
  private readonly _sourceChanged = new Signal<this, void>(this);
}

export namespace ScriptEditor {
  export interface IOptions {
    source: string;
    editorServices: IEditorServices;
    /** What the editor is to those who do not see it. */
    label: string;
  }
}
