import { type Message, MessageLoop } from '@lumino/messaging';
import type { Widget } from '@lumino/widgets';

/**
 * Calls `onChange` whenever `widget` becomes visible or hidden.
 *
 * Models load data only while their widget is visible.
 */
export function onVisibilityChange(widget: Widget, onChange: (visible: boolean) => void): void {
  MessageLoop.installMessageHook(widget, (_, message: Message) => {
    switch (message.type) {
      case 'after-attach':
        onChange(!widget.isHidden && (widget.parent === null || widget.parent.isVisible));
        break;
      case 'after-show':
        onChange(true);
        break;
      case 'after-hide':
      case 'before-detach':
        onChange(false);
        break;
    }
    return true;
  });
}
