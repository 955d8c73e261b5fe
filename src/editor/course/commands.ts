import { always, type Command } from '../commands/command.ts';
import { course } from './course-store.ts';

/** The lesson that is open, or the list of them. */
export const showCourse: Command = {
  id: 'help.course',
  label: 'Course…',
  group: 'Help',
  enabled: always,
  run: (editor) => {
    editor.ui.set({ dialog: null });
    course.show();
  },
};
