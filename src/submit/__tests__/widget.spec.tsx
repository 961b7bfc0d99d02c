import {
  CodeMirrorEditorFactory,
  CodeMirrorMimeTypeService,
  EditorLanguageRegistry
} from '@jupyterlab/codemirror';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';

import { ApiError } from '../../api/request';
import { SubmitModel } from '../model';
import { SubmitPanel } from '../widget';

const trans = nullTranslator.load('jupyter_slurm_rest');

const refuse = () =>
  Promise.reject(new ApiError(401, { message: 'The token has run out.', action: 'paste' }));

describe('SubmitPanel', () => {
  it('has a button that helps when the token expired', async () => {
    // No form is drawn without it; in JupyterLab it is loaded with the form.
    const { customizeValidator } = await import('@rjsf/validator-ajv8');
    const run = jest.fn();
    const model = new SubmitModel({
      api: { form: refuse, script: refuse, validate: refuse, submit: refuse },
      draft: { cluster: 'one', script: 'true\n', original: 'true\n' }
    });
    const panel = new SubmitPanel({
      model,
      editorServices: {
        factoryService: new CodeMirrorEditorFactory(),
        mimeTypeService: new CodeMirrorMimeTypeService(new EditorLanguageRegistry())
      },
      clusters: () => ['one'],
      findRemedy: error =>
        error.action === 'paste' ? { action: { label: 'Paste a token…', run } } : null,
      onSubmit: jest.fn(),
      onOpenJob: jest.fn(),
      validator: customizeValidator(),
      trans
    });
    act(() => Widget.attach(panel, document.body));
    await userEvent.click(await screen.findByRole('button', { name: 'Paste a token…' }));
    expect(run).toHaveBeenCalledTimes(1);
    act(() => panel.dispose());
  });
});
