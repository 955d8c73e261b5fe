import { always, type Command } from './command.ts';

/** Asks for the menu where the keyboard is: of the node that has it or is selected, else of the canvas. */
export const openMenu: Command = {
  id: 'help.menu',
  label: 'Open the menu',
  group: 'Help',
  shortcuts: ['Shift+F10', 'ContextMenu'],
  enabled: always,
  run: (editor) => editor.view.openMenu(editor.ui.getState().selection),
};
