import { Panel, StackedPanel, Widget } from '@lumino/widgets';

import { onVisibilityChange } from '../visibility';

describe('onVisibilityChange', () => {
  it('follows the widget and its parents', () => {
    const outer = new Panel();
    const stack = new StackedPanel();
    const widget = new Widget();
    const seen: boolean[] = [];
    onVisibilityChange(widget, visible => {
      seen.push(visible);
      expect(visible && widget.isHidden).toBe(false);
    });
    outer.addWidget(stack);
    outer.hide();
    stack.addWidget(widget);
    Widget.attach(outer, document.body);
    expect(seen).toEqual([false]);
    outer.show();
    expect(seen.pop()).toBe(true);
    stack.hide();
    expect(seen.pop()).toBe(false);
    stack.show();
    expect(seen.pop()).toBe(true);
    widget.hide();
    expect(seen.pop()).toBe(false);
    widget.show();
    expect(seen.pop()).toBe(true);
    outer.dispose();
    expect(seen.pop()).toBe(false);
  });
});
