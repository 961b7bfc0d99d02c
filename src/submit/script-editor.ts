import { autocompletion } from '@codemirror/autocomplete';
import { linter, lintGutter, setDiagnostics } from '@codemirror/lint';
import { CodeEditor, CodeEditorWrapper, type IEditorServices } from '@jupyterlab/codeeditor';
import { CodeMirrorEditor } from '@jupyterlab/codemirror';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IFormDescription } from '../api/submit';
import type { IScriptProblem } from '../api/types';
import { completeDirective } from './completion';

/** The script in a JupyterLab editor. */
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
    this.editor.injectExtension([
      lintGutter(),
      linter(null),
      autocompletion({
        icons: false,
        override: [context => completeDirective(context, options.form())]
      })
    ]);
    model.sharedModel.changed.connect(this._onChanged, this);
  }

  get source(): string {
    return this._ownModel.sharedModel.getSource();
  }

  /** Replaces only the text that differs, to keep the cursor and the undo history. */
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

  /** Emitted when the text changes. */
  get sourceChanged(): ISignal<this, void> {
    return this._sourceChanged;
  }

  /** Marks problems in their lines. */
  mark(problems: readonly IScriptProblem[]): void {
    if (problems === this._marked) {
      return;
    }
    this._marked = problems;
    // Later, because changes of the text are announced before the editor has applied them.
    queueMicrotask(() => {
      if (!this.isDisposed) {
        this._drawMarks();
      }
    });
  }

  /** Moves the cursor to a position, counted from 1. */
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

  private _drawMarks(): void {
    const { editor } = this;
    if (!(editor instanceof CodeMirrorEditor)) {
      return;
    }
    const { doc } = editor.state;
    const diagnostics = this._marked.flatMap(({ column, end_column, line, message }) => {
      if (line === null || line > doc.lines) {
        return [];
      }
      const { from, to } = doc.line(line);
      const start = Math.min(from + Math.max(0, (column ?? 1) - 1), to);
      const end = end_column === null ? to : Math.min(from + end_column - 1, to);
      return [{ from: start, to: end, severity: 'error' as const, message }];
    });
    editor.editor.dispatch(setDiagnostics(editor.state, diagnostics));
  }

  private _onChanged(): void {
    this._sourceChanged.emit();
  }

  private _marked: readonly IScriptProblem[] = [];
  private readonly _ownModel: CodeEditor.Model;
  private readonly _sourceChanged = new Signal<this, void>(this);
}

export namespace ScriptEditor {
  export interface IOptions {
    source: string;
    editorServices: IEditorServices;
    /** The form of the cluster, whose options and values complete; null before it was read. */
    form: () => IFormDescription | null;
    /** The accessible name of the editor. */
    label: string;
  }
}
